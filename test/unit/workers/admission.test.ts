import { expect, test } from 'vitest';
import { createLog } from '../../../src/log.ts';
import { createAdmission, NoRoom } from '../../../src/workers/admission.ts';

const log = createLog({ level: 'silent', name: 'test' });

/** An admission with a budget of 100, and a diary of what it does. */
function opened() {
  const diary: string[] = [];
  const admission = createAdmission({
    budgetBytes: 100,
    onHeld: (queue, held) => diary.push(`${queue} ${held ? 'held' : 'free'}`),
  });
  const enter = (name: string, memoryBytes: number, signal: AbortSignal = new AbortController().signal) => {
    const entering = admission.enter(
      { queue: 'encode', memoryBytes },
      { signal, log, onWait: () => diary.push(`${name} waits`) },
    );
    entering.then(
      () => diary.push(`${name} begins`),
      (error: Error) => diary.push(`${name}: ${error.message}`),
    );
    return entering;
  };
  return { diary, enter };
}

test('a job waits until another one leaves, and its queue is left alone for so long', async () => {
  const { diary, enter } = opened();
  const first = await enter('first', 60);
  const second = enter('second', 60);
  await expect(enter('third', 10)).rejects.toBeInstanceOf(NoRoom);
  first.leave();
  await second;
  expect(diary).toEqual([
    'first begins',
    'encode held',
    'second waits',
    'third: no memory for this job here: another worker may have it',
    'encode free',
    'second begins',
  ]);
});

test('a job that is called off while it waits makes way at once', async () => {
  const { diary, enter } = opened();
  const stop = new AbortController();
  const first = await enter('first', 60);
  const second = enter('second', 60, stop.signal);
  stop.abort(new Error('shutting down'));
  await expect(second).rejects.toThrow('shutting down');
  await enter('third', 40);
  first.leave();
  expect(diary.slice(1)).toEqual([
    'encode held',
    'second waits',
    'encode free',
    'second: shutting down',
    'third begins',
  ]);
});

test('a job that is called off before it asks does not begin', async () => {
  const { enter } = opened();
  await expect(enter('first', 1, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
});
