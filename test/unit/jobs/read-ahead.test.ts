import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readAhead } from '../../../src/jobs/read-ahead.ts';

const signal = new AbortController().signal;
const collect = async <Result>(results: AsyncIterable<Result>) => {
  const all = [];
  for await (const result of results) all.push(result);
  return all;
};

test('results come in order, whatever is done first, and never more ahead than is allowed', async () => {
  const ahead = { now: 0, most: 0 };
  const results = readAhead([5, 1, 4, 0, 3, 2], { limit: 3, signal }, async (item) => {
    ahead.most = Math.max(ahead.most, ++ahead.now);
    await wait(item);
    return item;
  });
  const taken = [];
  for await (const item of results) {
    await wait(3);
    ahead.now -= 1;
    taken.push(item);
  }
  expect(taken).toEqual([5, 1, 4, 0, 3, 2]);
  expect(ahead).toEqual({ now: 0, most: 4 }); // the one that is worked on, and three
});
test('nothing gives nothing', async () => {
  expect(await collect(readAhead([], { limit: 3, signal }, async () => 1))).toEqual([]);
});
test('the first error in order ends it, once what was begun has ended', async () => {
  const ended: number[] = [];
  const results = readAhead([1, 2, 3, 4, 5], { limit: 3, signal }, async (item) => {
    await wait(item === 2 ? 0 : 5);
    ended.push(item);
    if (item === 2) throw new Error('two');
    return item;
  });
  await expect(collect(results)).rejects.toThrow('two');
  expect(ended.sort()).toEqual([1, 2, 3, 4]);
});
test('a reader that stops, and an abort, begin nothing more', async () => {
  const begun: number[] = [];
  const items = [1, 2, 3, 4, 5, 6];
  for await (const item of readAhead(items, { limit: 2, signal }, async (item) => begun.push(item))) {
    if (item === 1) break;
  }
  expect(begun).toEqual([1, 2, 3]);
  const stop = new AbortController();
  const results = readAhead(items, { limit: 2, signal: stop.signal }, async (item) => item);
  await results.next();
  stop.abort(new Error('stopped'));
  await expect(collect(results)).rejects.toThrow('stopped');
});
