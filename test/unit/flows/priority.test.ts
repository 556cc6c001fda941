import { expect, test } from 'vitest';
import { inTier, priorityOf } from '../../../src/flows/priority.ts';

test('a tier comes before the next one, however long its backlog', () => {
  const tiers = ['urgent', 'high', 'normal', 'low'] as const;
  for (const [index, tier] of tiers.slice(0, -1).entries()) {
    const next = tiers[index + 1] ?? tier;
    expect(priorityOf(tier, 10_000_000)).toBeLessThan(priorityOf(next, 0));
  }
});

test('all priorities lie within what BullMQ takes, and none is 0', () => {
  expect(priorityOf('urgent', -5)).toBe(1);
  expect(priorityOf('low', Number.MAX_SAFE_INTEGER)).toBeLessThan(2 ** 21);
});

test('creators of 1000, 100 and 10 segments take turns: the small one is done in its first 30 places', () => {
  const jobs = [1_000, 100, 10].flatMap((segments, creator) =>
    Array.from({ length: segments }, (_, place) => ({ creator, priority: priorityOf('normal', place) })),
  );
  jobs.sort((a, b) => a.priority - b.priority);
  expect(jobs.findLastIndex(({ creator }) => creator === 2)).toBeLessThan(30);
});

test.each([0, 1, 17, 10_000_000])('a job that is moved to another tier keeps place %i', (place) => {
  for (const from of ['low', 'normal', 'high', 'urgent'] as const) {
    expect(inTier(priorityOf(from, place), 'urgent')).toBe(priorityOf('urgent', place));
    expect(inTier(priorityOf(from, place), from)).toBe(priorityOf(from, place));
  }
});
