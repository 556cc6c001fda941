import { expect, test } from 'vitest';
import type { StatusAnswer } from '../../../src/cli/api-client.ts';
import { createLiveLines } from '../../../src/cli/live-lines.ts';
import { durationWords, statusBars } from '../../../src/cli/status-bars.ts';
import { videoTable } from '../../../src/cli/status-list.ts';

const now = new Date('2026-03-01T10:00:00Z');
const status: StatusAnswer = {
  video_id: 'vid_1',
  status: 'transcoding',
  pipeline_progress: {
    percent: 46,
    probe: 'completed',
    split: 'completed',
    transcode: { completed: 9, total: 20, percent: 45 },
    package: 'pending',
    thumbnails: 'running',
    moderation: 'skipped',
    drm: 'skipped',
  },
  estimated_completion: '2026-03-01T10:02:10Z',
  started_at: null,
};

test('each step has a bar, and the film its estimate', () => {
  expect(statusBars('film.mp4', status, now)).toEqual([
    'film.mp4  transcoding  46 %  about 2 min left',
    '  probe      ████████████████████████  done',
    '  split      ████████████████████████  done',
    '  transcode  ██████████░░░░░░░░░░░░░░  45 %, 9 of 20',
    '  thumbnails ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒  runs',
    '  package    ░░░░░░░░░░░░░░░░░░░░░░░░  waits',
  ]);
});

test.each([
  ['has passed', { estimated_completion: '2026-03-01T09:59:59Z' }],
  ['is not known', { estimated_completion: null }],
  ['is of a video that is over', { status: 'failed' }],
])('an estimate that %s is not shown', (_what, changed) => {
  expect(statusBars('film.mp4', { ...status, ...changed }, now)[0]).not.toContain('left');
});

test.each([
  [2_000, 'a few seconds'],
  [47_000, 'about 45 s'],
  [150_000, 'about 3 min'],
  [2 * 3_600_000, 'about 2.0 h'],
])('%s ms is %s', (ms, words) => {
  expect(durationWords(ms)).toBe(words);
});

test('a video whose work waits says so in the place of an estimate', () => {
  const waiting = { code: 'SERVICE_UNAVAILABLE', since: '2026-03-01T10:00:00Z' };
  const [line] = statusBars('film.mp4', { ...status, waiting }, now);
  expect(line).toBe('film.mp4  transcoding  46 %  waits for the storage, goes on by itself');
});

/** A terminal that knows where its cursor is: what a person sees. */
function screen(columns: number, rows: number) {
  let lines = [''];
  let row = 0;
  return {
    columns,
    rows,
    write(text: string) {
      for (const [part] of text.replaceAll('\u001b[', '^').matchAll(/\^\d*[A-Z]|\r|\n|[^^\r\n]+/g)) {
        const up = /^\^(\d+)A$/.exec(part);
        if (up) row -= Number(up[1]);
        else if (part === '^J') lines = [...lines.slice(0, row), ''];
        else if (part === '\n') lines[++row] ??= '';
        else if (part !== '\r' && part !== '^K') lines[row] = part;
      }
      return true;
    },
    seen: () => lines.filter(Boolean),
  };
}

test('lines are drawn in place, no wider and no more than the terminal is', () => {
  const terminal = screen(24, 4);
  const live = createLiveLines(terminal);
  live.show(['one', 'two', 'three']);
  live.show(['1', '2']);
  expect(terminal.seen()).toEqual(['1', '2']);
  live.show(['x'.repeat(40), 'b', 'c', 'd', 'e']);
  expect(terminal.seen()).toEqual([`${'x'.repeat(22)}…`, 'b', 'c']);
  live.show(['a \u001b[31m name\n']);
  expect(terminal.seen()).toEqual(['a \\u001b[31m name\\u000a']);
});

test('a list of videos is a table, names written out', () => {
  const video = {
    video_id: 'vid_1',
    title: 'A\u0007 film',
    filename: 'f.mp4',
    status: 'ready',
    created_at: '2026-03-01T10:00:00Z',
  };
  expect(
    videoTable([
      { ...video, error: null },
      { ...video, title: '', status: 'failed', error: { code: 'INPUT_EMPTY' } },
    ]),
  ).toBe(
    [
      'ID     STATUS                CREATED               TITLE',
      'vid_1  ready                 2026-03-01 10:00 UTC  A\\u0007 film',
      'vid_1  failed (INPUT_EMPTY)  2026-03-01 10:00 UTC  f.mp4',
    ].join('\n'),
  );
});
