import { setTimeout as wait } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { repeat } from '../../../src/flows/relay/repeat.ts';

const log = pino({ level: 'silent' });

test('begins at once, goes on while there is more, and then waits for its turn', async () => {
  const answers = [true, true, false];
  let calls = 0;
  const repeated = repeat('test', 60_000, async () => answers[calls++] ?? false, log);
  await wait(30);
  expect(calls).toBe(3);
  await repeated.stop();
});

test('a call for it during the work is not lost', async () => {
  let calls = 0;
  const repeated = repeat(
    'test',
    60_000,
    async () => {
      calls += 1;
      await wait(20);
    },
    log,
  );
  await wait(5);
  repeated.soon();
  await wait(60);
  expect(calls).toBe(2);
  repeated.soon();
  await wait(40);
  expect(calls).toBe(3);
  await repeated.stop();
});

test('an error does not end it, and stop waits for what is under way', async () => {
  let calls = 0;
  let ended = false;
  const repeated = repeat(
    'test',
    5,
    async () => {
      calls += 1;
      if (calls === 1) throw new Error('away');
      await wait(30);
      ended = true;
    },
    log,
  );
  await wait(25);
  expect(ended).toBe(false);
  await repeated.stop();
  expect({ calls, ended }).toEqual({ calls: 2, ended: true });
});
