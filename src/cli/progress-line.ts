import type { StatusAnswer } from './api-client.ts';
import { isFinal } from './file-result.ts';

const marks = { pending: '·', running: '…', completed: '✓', failed: '✗', skipped: '–' } as const;
const barWidth = 10;

/** While all work of a video waits for a service. */
export const waitingWords = 'waits for the storage, goes on by itself';

/** Pure: one line that says how far a video is, then each step with its mark: `48 %  probe ✓  split ✓  transcode ███░░ 45 %  package ·`. */
export function progressLine(status: StatusAnswer): string {
  const steps = status.pipeline_progress;
  const { completed, total, percent } = steps.transcode;
  const filled = Math.round((barWidth * percent) / 100);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
  const count = total > 0 ? ` ${completed}/${total}` : '';
  return [
    `${String(steps.percent).padStart(3)} %`,
    // Before the steps: a terminal cuts the end.
    ...(status.waiting ? [waitingWords] : []),
    `probe ${marks[steps.probe]}`,
    `split ${marks[steps.split]}`,
    `transcode ${bar} ${String(percent).padStart(3)} %${count}`,
    `thumbnails ${marks[steps.thumbnails]}`,
    `package ${marks[steps.package]}`,
  ].join('  ');
}

/** Pure: what has changed since the last look, a line each, for where no line can be redrawn (a log, a pipe). */
export function changesSince(before: StatusAnswer | null, now: StatusAnswer): string[] {
  const lines: string[] = [];
  if (now.waiting && !before?.waiting) lines.push(waitingWords);
  if (before?.waiting && !now.waiting && !isFinal(now.status)) lines.push('goes on');
  for (const step of ['probe', 'split', 'thumbnails', 'package'] as const) {
    const state = now.pipeline_progress[step];
    if (state !== before?.pipeline_progress[step] && state !== 'pending') lines.push(`${step}: ${state}`);
  }
  const { completed, total, percent } = now.pipeline_progress.transcode;
  // tenths: a long film would print a line a second
  const tenth = Math.floor(percent / 10);
  const tenthBefore = Math.floor((before?.pipeline_progress.transcode.percent ?? 0) / 10);
  // sound alone has no encodes to count
  const count = total > 0 ? ` (${completed} of ${total})` : '';
  if (tenth > tenthBefore) lines.push(`transcode: ${percent} %${count}`);
  return lines;
}
