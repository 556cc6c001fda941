import { expect, test } from 'vitest';
import { inParallel } from '../../../src/jobs/in-parallel.ts';

const signal = new AbortController().signal;
const later = () => new Promise((resolve) => setImmediate(resolve));

test('results are in order, and never more than the limit runs', async () => {
  let running = 0;
  let most = 0;
  const results = await inParallel([5, 4, 3, 2, 1], { limit: 2, signal }, async (item) => {
    most = Math.max(most, ++running);
    for (let turn = 0; turn < item; turn++) await later();
    running--;
    return item * 10;
  });
  expect(results).toEqual([50, 40, 30, 20, 10]);
  expect(most).toBe(2);
});
test('an error ends it: what runs is waited for, nothing more is begun', async () => {
  const begun: number[] = [];
  let ended = 0;
  const work = inParallel([1, 2, 3, 4], { limit: 2, signal }, async (item) => {
    begun.push(item);
    if (item === 1) throw new Error('no');
    await later();
    ended++;
  });
  await expect(work).rejects.toThrow('no');
  expect([begun, ended]).toEqual([[1, 2], 1]);
});
test('an abort ends it', async () => {
  const abort = new AbortController();
  const work = inParallel([1, 2, 3], { limit: 1, signal: abort.signal }, async () => abort.abort(new Error('stop')));
  await expect(work).rejects.toThrow('stop');
});
