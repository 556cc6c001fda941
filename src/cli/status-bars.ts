import type { StatusAnswer } from './api-client.ts';
import { isFinal } from './file-result.ts';
import { waitingWords } from './progress-line.ts';

const barWidth = 24;
const words = {
  pending: 'waits',
  running: 'runs',
  completed: 'done',
  failed: 'failed',
  skipped: 'not needed',
} as const;
type State = keyof typeof words;

/** How far a video is, for a terminal: a line with its name, then a bar for each step. Pure. */
export function statusBars(name: string, status: StatusAnswer, now: Date): string[] {
  const steps = status.pipeline_progress;
  const { completed, total, percent } = steps.transcode;
  const count = total > 0 ? `, ${completed} of ${total}` : '';
  return [
    [name, status.status, `${steps.percent} %`, ...(status.waiting ? [waitingWords] : timeLeft(status, now))].join(
      '  ',
    ),
    line('probe', steps.probe),
    line('split', steps.split),
    `  ${'transcode'.padEnd(10)} ${bar(percent / 100)}  ${percent} %${count}`,
    line('thumbnails', steps.thumbnails),
    line('package', steps.package),
  ];
}

const line = (step: string, state: State): string => `  ${step.padEnd(10)} ${barOf(state)}  ${words[state]}`;

function barOf(state: State): string {
  if (state === 'running') return '▒'.repeat(barWidth);
  return bar(state === 'completed' ? 1 : 0);
}

const bar = (fraction: number): string => {
  const filled = Math.floor(barWidth * fraction);
  return `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
};

function timeLeft({ status, estimated_completion: estimate }: StatusAnswer, now: Date): string[] {
  const ms = estimate === null ? 0 : Date.parse(estimate) - now.getTime();
  // An estimate whose time has passed was wrong.
  return ms <= 0 || isFinal(status) ? [] : [`${durationWords(ms)} left`];
}

/** A time in ms as a person would say it: as exact as an estimate is. Pure. */
export function durationWords(ms: number): string {
  const seconds = Math.max(0, ms / 1_000);
  if (seconds < 10) return 'a few seconds';
  if (seconds < 90) return `about ${Math.round(seconds / 5) * 5} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `about ${minutes} min` : `about ${(minutes / 60).toFixed(1)} h`;
}
