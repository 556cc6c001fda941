import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fuzz } from '../../fuzz/fuzz.ts';
import { makeGoodFiles } from '../../fuzz/good-files.ts';
import { judge, leaksIn } from '../../fuzz/judge.ts';
import { type Mutant, mutantOf } from '../../fuzz/mutant.ts';
import { mutations } from '../../fuzz/mutations.ts';
import { startVictim } from '../../fuzz/start-victim.ts';
import { clipFolder } from '../../support/clips.ts';
import { testFolder } from '../../support/folder.ts';

const seed = 5;
const numbers = Array.from({ length: 300 }, (_, number) => number);
const goodFolder = () => join(clipFolder(), 'fuzz');

test('300 mutated files: no crash, no hang, no secret, and good ones pass', { timeout: 300_000 }, async () => {
  const folder = await testFolder('fuzz');
  const outcomes = await fuzz({ seed, numbers, jobs: 2, folder, goodFolder: goodFolder(), keep: null });

  expect(outcomes.flatMap(({ findings }) => findings)).toEqual([]);
  expect(outcomes.map(({ number }) => number)).toEqual(numbers);
  // What refuses all of them, or none, looks at nothing.
  const made = outcomes.filter(({ code }) => code === 'READY').length;
  expect(made).toBeGreaterThan(75);
  expect(made).toBeLessThan(270);
  expect(new Set(outcomes.map(({ mutation }) => mutation))).toEqual(new Set(Object.keys(mutations)));
});

test('a mutant is a function of seed and number, and differs from its good file', async () => {
  const goods = await makeGoodFiles(goodFolder());
  expect(goods.length).toBeGreaterThanOrEqual(8);
  const series = numbers.map((number) => mutantOf(seed, number, goods));
  expect(numbers.map((number) => named(mutantOf(seed, number, goods)))).toEqual(series.map(named));
  const changed = series.filter(({ good, bytes }) => !goods.find(({ name }) => name === good)?.bytes.equals(bytes));
  expect(changed.length).toBeGreaterThan(250);
  expect(numbers.map((number) => named(mutantOf(seed + 1, number, goods)))).not.toEqual(series.map(named));
  expect(Math.max(...series.map(({ bytes }) => bytes.length))).toBeLessThan(2 * 2 ** 20);
});

const named = ({ bytes, ...mutant }: Mutant) => ({
  ...mutant,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});

test.each([
  ['exit', { kind: 'exit', how: '3' }, 'crash'],
  ['throw', { kind: 'exit', how: '1' }, 'crash'],
  ['silence', { kind: 'hang' }, 'hang'],
])('a victim that does this (%s) is seen', async (what, ending, finding) => {
  const folder = await testFolder('victim');
  const program = join(import.meta.dirname, '../../fixtures/bad-victim.ts');
  const victim = await startVictim({ folder, name: 'bad', program, silenceMs: 2_000 });
  const seen = await victim.treat(what);
  await victim.stop();
  expect(seen).toMatchObject(ending);
  expect(victim.gone()).toBe(true);
  const mutant = { number: 1, good: 'any', mutation: 'cut' as const };
  expect(judge(mutant, seen, []).map(({ kind }) => kind)).toEqual([finding]);
});

test('what a victim said before it died is not heard of the next one', async () => {
  const folder = await testFolder('victim');
  const options = { folder, name: 'bad', program: join(import.meta.dirname, '../../fixtures/bad-victim.ts') };
  const first = await startVictim(options);
  expect((await first.treat('throw')).log).toContain('SyntaxError');
  const second = await startVictim(options);
  expect(await second.treat('exit')).toMatchObject({ kind: 'exit', how: '3', log: '' });
});

test.each([
  ['a path', 'cannot read /tmp/reelmill-job-1/storage/a.mp4: Invalid data', 1],
  ['a path in quotes', 'in "/srv/a"', 1],
  ['a secret', 'connect to canary-password', 1],
  ['a place', 'original.mp4 in C:/place/of/ours', 1],
  ['an escape', 'title \u001b[2J', 1],
  ['an address', 'http://127.0.0.1:8080/media/tmp/a.mp4', 0],
  ['a fraction', '30000/1001 and 1/25; usr/bin', 0],
])('what must not be told is seen: %s', (_, text, count) => {
  expect(leaksIn(text, ['C:/place/of/ours'])).toHaveLength(count);
});
