import { expect, test } from 'vitest';
import { CatalogueError } from '../../../src/errors/catalogue-error.ts';
import { judgeEnd } from '../../../src/workers/judge-end.ts';
import { readOutage } from '../../../src/workers/outage.ts';

const first = { attemptsMade: 0, attempts: 3 };
const last = { attemptsMade: 2, attempts: 3 };
const second = { attemptsMade: 1, attempts: 3 };
const error = (code: ConstructorParameters<typeof CatalogueError>[0], facts = {}) =>
  new CatalogueError(code, 'found by a test', { facts });

test.each([
  ['a storage that is away', error('SERVICE_UNAVAILABLE'), null, first, 'wait', 'SERVICE_UNAVAILABLE'],
  ['the same at the last try', error('SERVICE_UNAVAILABLE'), null, last, 'wait', 'SERVICE_UNAVAILABLE'],
  ['a storage that refuses our key', error('CONFIG_INVALID'), null, last, 'wait', 'CONFIG_INVALID'],
  ['the same in a shutdown', error('SERVICE_UNAVAILABLE'), 'preempted', last, 'hand-back', undefined],
  ['the same of a cancelled run', error('SERVICE_UNAVAILABLE'), 'cancelled', last, 'cancelled', undefined],
  ['bad input', error('INPUT_DAMAGED'), null, first, 'fail', 'INPUT_DAMAGED'],
  ['an error without a code', new Error('boom'), null, first, 'retry', 'INTERNAL'],
  ['a time-out', error('TASK_TIMEOUT'), 'timed-out', first, 'retry', 'TASK_TIMEOUT'],
  ['a tool that hung, soon', error('PROCESS_STALLED', { ranSeconds: 80 }), null, second, 'retry', 'PROCESS_STALLED'],
  ['one that hung for long', error('PROCESS_STALLED', { ranSeconds: 1_000 }), null, first, 'retry', 'PROCESS_STALLED'],
  ['the same again', error('PROCESS_TIMEOUT', { ranSeconds: 1_000 }), null, second, 'fail', 'PROCESS_TIMEOUT'],
  ['a lost fence, even at the last try', error('FENCE_LOST'), null, last, 'overtaken', 'FENCE_LOST'],
  ['a superseded run', error('RUN_SUPERSEDED'), null, first, 'superseded', 'RUN_SUPERSEDED'],
  ['a shutdown, whatever the tool threw', error('PROCESS_FAILED'), 'preempted', last, 'hand-back', undefined],
  [
    'a shutdown before it began: the row says nothing of it',
    new Error('aborted'),
    'not-begun',
    last,
    'let-go',
    undefined,
  ],
  ['a cancelled run, whatever the tool threw', error('INPUT_DAMAGED'), 'cancelled', last, 'cancelled', undefined],
  ['a lost lock', new Error('aborted'), 'lock-lost', last, 'let-go', undefined],
] as const)('%s', (_, thrown, ending, tries, kind, code) => {
  const outcome = judgeEnd(thrown, ending, tries, { before: null, nowMs: 0, longestMs: 1_800_000 });
  expect(outcome.kind).toBe(kind);
  expect('error' in outcome ? outcome.error.code : undefined).toBe(code);
});

const away = (awaySinceMs: number, waits: number) => ({ awaySinceMs, waits });
const minute = 60_000;
test.each([
  ['the first', null, 90 * minute, away(90 * minute, 1)],
  ['one more in a row', away(5, 1), 9, away(5, 2)],
  ['the hundredth, in time', away(0, 99), 29 * minute, away(0, 100)],
  ['one that never gets better', away(0, 99), 30 * minute, null],
  ['the second, after a long encode', away(0, 1), 45 * minute, away(0, 2)],
  ['the third, after two of them', away(0, 2), 45 * minute, null],
] as const)('an outage of half an hour at most: %s', (_, before, nowMs, outage) => {
  const outcome = judgeEnd(error('SERVICE_UNAVAILABLE'), null, last, { before, nowMs, longestMs: 30 * minute });
  expect(outcome).toMatchObject(outage ? { kind: 'wait', outage } : { kind: 'fail' });
});

test.each([[0], [null], [{}], [{ awaySinceMs: 'x', waits: 1 }], [{ awaySinceMs: 1, waits: 0 }]])(
  'a progress that is none of an outage is read as none: %j',
  (progress) => expect(readOutage(progress)).toBeNull(),
);
