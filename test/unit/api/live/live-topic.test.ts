import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createSeats } from '../../../../src/api/live/live-seats.ts';
import { createTopic } from '../../../../src/api/live/live-topic.ts';

/** A topic over a number that goes up by one at each reading. */
function counting({ pauseMs = 5, failing = (): boolean => false } = {}) {
  const seen = { reads: 0, errors: 0, empty: 0 };
  const topic = createTopic({
    read: async () => {
      await wait(1);
      if (failing()) throw new Error('away');
      seen.reads += 1;
      return seen.reads;
    },
    pauseMs,
    onError: () => {
      seen.errors += 1;
    },
    onEmpty: () => {
      seen.empty += 1;
    },
  });
  return { topic, seen };
}

test('however many follow, a change is read once', async () => {
  const { topic, seen } = counting({ pauseMs: 1 });
  const followers = Array.from({ length: 50 }, () => topic.follow());
  // The first of them was read for before the others came.
  while ((await Promise.all(followers.map((follower) => follower.next(50)))).some((state) => state !== null));
  const before = seen.reads;
  topic.wake();
  const states = await Promise.all(followers.map((follower) => follower.next(1_000)));
  expect(new Set(states)).toEqual(new Set([before + 1]));
  expect(before).toBeLessThanOrEqual(2);
});

test('many changes in a row are few readings, and the last of them is seen', async () => {
  const { topic, seen } = counting({ pauseMs: 20 });
  const follower = topic.follow();
  for (let time = 0; time < 50; time += 1) {
    topic.wake();
    await wait(1);
  }
  await wait(60);
  expect(seen.reads).toBeLessThan(12);
  expect(await follower.next(100)).toBe(seen.reads);
});

test('nobody sees what was read before he came', async () => {
  const { topic } = counting({ pauseMs: 1_000 });
  const first = topic.follow();
  await wait(0); // its reading has begun
  const second = topic.follow();
  expect(await first.next(100)).toBe(1);
  expect(await second.next(100)).toBe(2); // at once: no pause of the first holds it up
});

test('silence ends with null, and so does a follower that is closed', async () => {
  const { topic, seen } = counting();
  const follower = topic.follow();
  await follower.next(100);
  expect(await follower.next(10)).toBeNull();
  const waiting = follower.next(60_000);
  follower.close();
  follower.close();
  expect(await waiting).toBeNull();
  expect(seen.empty).toBe(1);
});

test('a reading that fails keeps nobody from the next one', async () => {
  let away = true;
  const { topic, seen } = counting({ failing: () => away });
  const follower = topic.follow();
  expect(await follower.next(30)).toBeNull();
  away = false;
  topic.wake();
  expect(await follower.next(1_000)).toBe(1);
  expect(seen.errors).toBeGreaterThan(0);
});

test('RATE_LIMITED: no more seats than there are, and a seat that is left is free once', () => {
  const seats = createSeats({ perKey: 2, all: 3 });
  const leave = seats.take('a');
  seats.take('a');
  expect(() => seats.take('a')).toThrow('RATE_LIMITED');
  seats.take('b');
  expect(() => seats.take('c')).toThrow('RATE_LIMITED');
  leave();
  leave();
  expect(seats.taken).toBe(2);
  seats.take('c');
  expect(() => seats.take('c')).toThrow('RATE_LIMITED');
});
