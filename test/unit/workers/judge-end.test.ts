import { expect, test } from 'vitest';
import { CatalogueError } from '../../../src/errors/catalogue-error.ts';
import { judgeEnd } from '../../../src/workers/judge-end.ts';

const first = { attemptsMade: 0, attempts: 3 };
const last = { attemptsMade: 2, attempts: 3 };
const second = { attemptsMade: 1, attempts: 3 };
const error = (code: ConstructorParameters<typeof CatalogueError>[0], facts = {}) =>
  new CatalogueError(code, 'found by a test', { facts });

test.each([
  ['a storage that is away', error('SERVICE_UNAVAILABLE'), null, first, 'retry', 'SERVICE_UNAVAILABLE'],
  ['the same at the last try', error('SERVICE_UNAVAILABLE'), null, last, 'fail', 'SERVICE_UNAVAILABLE'],
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
  const outcome = judgeEnd(thrown, ending, tries);
  expect(outcome.kind).toBe(kind);
  expect('error' in outcome ? outcome.error.code : undefined).toBe(code);
});
