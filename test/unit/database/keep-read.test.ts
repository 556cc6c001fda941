import { expect, test } from 'vitest';
import { keepRead } from '../../../src/database/keep-read.ts';

/** A reader whose answers are given one after another, and what it was asked. */
function reader(...answers: (string | null | Error)[]) {
  const asked: string[] = [];
  const keep = keepRead(2, async (id) => {
    asked.push(id);
    const answer = answers.shift() ?? id;
    if (answer instanceof Error) throw answer;
    return answer === 'none' ? null : answer;
  });
  return { asked, keep };
}

test('what was read is not asked for again, by several at once either', async () => {
  const { asked, keep } = reader('found');
  expect(await Promise.all([keep('a'), keep('a')])).toEqual(['found', 'found']);
  expect(await keep('a')).toBe('found');
  expect(asked).toEqual(['a']);
});

test('what was not there, or could not be read, is asked for again', async () => {
  const { asked, keep } = reader('none', new Error('away'), 'found');
  expect(await keep('a')).toBeNull();
  await expect(keep('a')).rejects.toThrow('away');
  expect(await keep('a')).toBe('found');
  expect(asked).toEqual(['a', 'a', 'a']);
});

test('the oldest of too many is forgotten', async () => {
  const { asked, keep } = reader();
  for (const id of ['a', 'b', 'c', 'b', 'a']) await keep(id);
  expect(asked).toEqual(['a', 'b', 'c', 'a']);
});
