import { expect, test } from 'vitest';
import { shareAnswer } from '../../../../src/api/service/share-answer.ts';

test('whoever asks meanwhile, or soon after, gets the same answer', async () => {
  let asked = 0;
  let now = 0;
  const share = shareAnswer(async () => ++asked, { ms: 5_000, now: () => now });
  expect(await Promise.all([share(), share()])).toEqual([1, 1]);
  now = 4_999;
  expect(await share()).toBe(1);
  now = 5_000;
  expect(await share()).toBe(2);
});

test('a failure is not kept', async () => {
  let asked = 0;
  const share = shareAnswer(async () => (++asked === 1 ? Promise.reject(new Error('away')) : asked), { ms: 5_000 });
  await expect(share()).rejects.toThrow('away');
  expect(await share()).toBe(2);
});
