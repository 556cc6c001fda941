import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { keepRunning, type Running } from '../../../src/local/keep-running.ts';
import { StartRefused } from '../../../src/local/start-refused.ts';

/** Something that runs until it is stopped or told to die. */
function runner() {
  const started: { pid: number; die: () => void }[] = [];
  const start = async (): Promise<Running> => {
    let die: () => void = () => undefined;
    const ended = new Promise<string>((resolve) => {
      die = () => resolve('ended by SIGKILL');
    });
    started.push({ pid: started.length + 1, die });
    return { pid: started.length, startedAt: Date.now(), ended, stop: async () => die() };
  };
  return { started, start };
}

const watched = () => {
  const events: string[] = [];
  return {
    events,
    watcher: {
      died: (pid: number, how: string, waitMs: number) => void events.push(`${pid} ${how}, wait ${waitMs}`),
      restarted: (pid: number) => void events.push(`restarted as ${pid}`),
      failed: (error: unknown) => void events.push(String(error)),
      gaveUp: (error: Error) => void events.push(`given up: ${error.message}`),
    },
  };
};

test('a process that dies is started again, and its new id is known', async () => {
  const { started, start } = runner();
  const { events, watcher } = watched();
  const kept = await keepRunning(start, watcher);
  started[0]?.die();
  while (!events.includes('restarted as 2')) await sleep(20);
  expect(kept.pid).toBe(2);
  expect(events).toEqual(['1 ended by SIGKILL, wait 500', 'restarted as 2']);
  await kept.stop(0);
  expect(started).toHaveLength(2);
});

test('a stop is no death, nor while it waits to be started again', async () => {
  const { started, start } = runner();
  const { events, watcher } = watched();
  const stopped = await keepRunning(start, watcher);
  await stopped.stop(0);
  const waiting = await keepRunning(start, watcher);
  started[1]?.die();
  await sleep(20);
  await waiting.stop(0);
  await sleep(600);
  expect(started).toHaveLength(2);
  expect(events).toEqual(['2 ended by SIGKILL, wait 500']);
});

test('a first start that fails is the caller’s to know', async () => {
  const { watcher } = watched();
  await expect(keepRunning(() => Promise.reject(new Error('no port')), watcher)).rejects.toThrow('no port');
});

test('a process that says it cannot run here is not started again', async () => {
  const { started, start } = runner();
  const { events, watcher } = watched();
  let starts = 0;
  const kept = await keepRunning(() => {
    starts += 1;
    return starts === 1 ? start() : Promise.reject(new StartRefused('no sandbox'));
  }, watcher);
  expect(kept.givenUp).toBe(false);
  started[0]?.die();
  while (!kept.givenUp) await sleep(20);
  await sleep(700); // a second try would come after 500 ms
  expect(starts).toBe(2);
  expect(events).toEqual(['1 ended by SIGKILL, wait 500', 'given up: no sandbox']);
  await kept.stop(0);
});
