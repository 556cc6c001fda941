import { expect, test } from 'vitest';
import { CatalogueError } from '../../../src/errors/catalogue-error.ts';
import { judgeEnd } from '../../../src/workers/judge-end.ts';

const first = { attemptsMade: 0, attempts: 3 };
const last = { attemptsMade: 2, attempts: 3 };
const error = (code: ConstructorParameters<typeof CatalogueError>[0]) => new CatalogueError(code, 'found by a test');

test.each([
  ['a storage that is away', error('SERVICE_UNAVAILABLE'), null, first, 'retry', 'SERVICE_UNAVAILABLE'],
  ['the same at the last try', error('SERVICE_UNAVAILABLE'), null, last, 'fail', 'SERVICE_UNAVAILABLE'],
  ['bad input', error('INPUT_DAMAGED'), null, first, 'fail', 'INPUT_DAMAGED'],
  ['an error without a code', new Error('boom'), null, first, 'retry', 'INTERNAL'],
  ['a time-out', error('TASK_TIMEOUT'), 'timed-out', first, 'retry', 'TASK_TIMEOUT'],
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
  ['a lost lock', new Error('aborted'), 'lock-lost', last, 'let-go', undefined],
] as const)('%s', (_, thrown, ending, tries, kind, code) => {
  const outcome = judgeEnd(thrown, ending, tries);
  expect(outcome.kind).toBe(kind);
  expect('error' in outcome ? outcome.error.code : undefined).toBe(code);
});
