import { test as property } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AdmissionState,
  admit,
  emptyAdmission,
  leave,
  type Request,
  type Verdict,
} from '../../../src/workers/admission-state.ts';

/** `big:70` is one of the queue `encode` that takes 70; `media/poster:10` names another queue. */
const request = (text: string, id: number): Request => {
  const [, queue = 'encode', memory] = /^(?:(\w+)\/)?\w+:(\d+)$/.exec(text) ?? [];
  return { id, queue, memoryBytes: Number(memory) };
};

/** Asks in this order of a budget of 100. */
function ask(...texts: string[]): { state: AdmissionState; verdicts: Verdict[] } {
  let state = emptyAdmission(100);
  const verdicts = texts.map((text, id) => {
    const answer = admit(state, request(text, id));
    state = answer.state;
    return answer.verdict;
  });
  return { state, verdicts };
}

test.each<[string, string[], Verdict[]]>([
  ['what fits together runs together', ['a:50', 'b:50'], ['admitted', 'admitted']],
  ['what does not fit waits', ['a:60', 'b:50'], ['admitted', 'waits']],
  ['what is larger than the budget runs alone', ['a:500', 'b:1'], ['admitted', 'waits']],
  ['and waits until it can', ['a:1', 'b:500'], ['admitted', 'waits']],
  ['behind one that waits nobody slips through', ['a:60', 'b:50', 'media/c:1'], ['admitted', 'waits', 'waits']],
  ['a second one of the same queue goes back to it', ['a:60', 'b:50', 'c:1'], ['admitted', 'waits', 'refused']],
])('%s', (_, asked, expected) => expect(ask(...asked).verdicts).toEqual(expected));

describe('when one leaves', () => {
  test('the next in the line begin, as many as fit', () => {
    const { state } = ask('a:90', 'b:40', 'media/c:40', 'light/d:40');
    expect(leave(state, 0).admitted.map(({ id }) => id)).toEqual([1, 2]);
  });

  test('a large one waits for all of them, and for none that comes later', () => {
    const { state } = ask('a:30', 'b:30', 'large:80', 'media/c:10');
    const first = leave(state, 0);
    expect(first.admitted).toEqual([]);
    expect(leave(first.state, 1).admitted.map(({ id }) => id)).toEqual([2, 3]);
  });

  test('one that waits may leave, too, and makes way', () => {
    const { state } = ask('a:60', 'b:50', 'media/c:20');
    expect(leave(state, 1)).toMatchObject({ admitted: [{ id: 2 }], state: { waiting: [] } });
  });
});

/** Jobs of two queues, and in which order those that run end. */
const anyLoad = fc.record({
  slots: fc.integer({ min: 1, max: 6 }),
  jobs: fc.array(
    fc.record({ queue: fc.constantFrom('encode', 'media'), memoryBytes: fc.integer({ min: 1, max: 150 }) }),
    {
      minLength: 1,
      maxLength: 60,
    },
  ),
  ends: fc.infiniteStream(fc.nat()),
});

property.prop([anyLoad])(
  'never over the budget but alone, everyone begins at last, and in order',
  ({ slots, jobs, ends }) => {
    let state = emptyAdmission(100);
    const queue = jobs.map((job, id) => ({ ...job, id }));
    const begun: number[] = [];
    const waited: number[] = [];
    const held = () => state.running.length + state.waiting.length;
    for (let turn = 0; begun.length < jobs.length || state.running.length > 0; turn += 1) {
      expect(turn, 'nobody begins any more').toBeLessThan(5 * jobs.length);
      // A worker takes jobs from its queue until its slots are full, or one of them is refused.
      while (queue.length > 0 && held() < slots) {
        const next = queue.shift();
        if (!next) break;
        const answer = admit(state, next);
        state = answer.state;
        if (answer.verdict === 'refused') {
          queue.unshift(next);
          break;
        }
        (answer.verdict === 'admitted' ? begun : waited).push(next.id);
      }
      const sum = state.running.reduce((total, { memoryBytes }) => total + memoryBytes, 0);
      expect(sum <= 100 || state.running.length === 1).toBe(true);
      const [ended] = state.running.slice((ends.next().value ?? 0) % state.running.length);
      if (!ended) throw new Error('all wait and nobody runs');
      const after = leave(state, ended.id);
      state = after.state;
      for (const { id } of after.admitted) {
        expect(id, 'first come, first admitted').toBe(waited.shift());
        begun.push(id);
      }
    }
    expect(begun).toEqual(jobs.map((_, id) => id));
  },
);
