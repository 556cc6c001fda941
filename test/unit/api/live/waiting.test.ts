import { expect, test } from 'vitest';
import { videoStatus } from '../../../../src/api/live/status.ts';
import { waitingOf } from '../../../../src/api/live/waiting.ts';
import type { TaskCount } from '../../../../src/database/read-progress.ts';

const since = new Date('2026-03-01T10:00:00Z');
const later = new Date('2026-03-01T10:05:00Z');
const tasks = (status: TaskCount['status'], count: number, held: TaskCount['held'] = null): TaskCount => ({
  ...{ type: 'transcode', status, count, progress: count / 2, inherited: 0, held },
});
const away = (count: number, from = since) => ({ count, since: from, code: 'SERVICE_UNAVAILABLE' });
const waits = { code: 'SERVICE_UNAVAILABLE', since };

test.each<[string, TaskCount[], typeof waits | null]>([
  ['nothing is begun', [tasks('pending', 3)], null],
  ['some run', [tasks('running', 1), tasks('retrying', 2, away(2))], null],
  ['all that is open is tried again later', [tasks('retrying', 2, away(2)), tasks('pending', 9)], waits],
  ['one of them is tried again for its own error', [tasks('retrying', 2, away(1))], null],
  [
    'one has been taken up again, and has not got on',
    [tasks('running', 1, away(1)), tasks('retrying', 1, away(1))],
    waits,
  ],
  ['one of two that run gets on', [tasks('running', 2, away(1))], null],
  ['the first of them counts', [tasks('retrying', 1, away(1, later)), tasks('running', 1, away(1))], waits],
  ['all is done', [tasks('completed', 2)], null],
])('%s', (_, work, expected) => {
  expect(waitingOf(work)).toEqual(expected);
});

test('while a video waits nobody can tell when it is done, and a final one waits for nothing', () => {
  const planned = { ...tasks('completed', 1), type: 'split' } as const;
  const status = (state: 'transcoding' | 'cancelled', held: TaskCount['held']) =>
    videoStatus(
      { id: 'vid_1', runId: 'run_1', status: state, startedAt: since, errorCode: null, errorDetail: null },
      { current: [planned, tasks('retrying', 2, held)], earlier: [] },
      later,
    );
  expect(status('transcoding', null)).toMatchObject({ estimated_completion: expect.any(String), waiting: null });
  expect(status('transcoding', away(2))).toMatchObject({
    ...{ estimated_completion: null, waiting: { code: 'SERVICE_UNAVAILABLE', since: '2026-03-01T10:00:00.000Z' } },
  });
  expect(status('cancelled', away(2))).toMatchObject({ waiting: null });
});
