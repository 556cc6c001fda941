import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorCodes } from '../../../src/errors/catalogue.ts';
import { provokedCodes } from '../../support/provoked-codes.ts';

const testFiles = ['unit', 'integration', 'contracts', 'chaos', 'e2e'].flatMap((folder) =>
  readdirSync(join('test', folder), { recursive: true, encoding: 'utf8' }).flatMap((path) =>
    path.endsWith('.ts') && !path.endsWith('provoked.test.ts') ? [join('test', folder, path)] : [],
  ),
);

test('each code of the catalogue is provoked by a test that names it and asserts on it', () => {
  const provoked = new Set(testFiles.flatMap((path) => provokedCodes(readFileSync(path, 'utf8'), errorCodes)));
  expect(errorCodes.filter((code) => !provoked.has(code))).toEqual([]);
});

describe('a test provokes a code', () => {
  const title = 'INPUT_EMPTY: a file without bytes';
  test.each([
    ['that its title names and its body asserts on', `test('${title}', () => expect(run).toThrow('INPUT_EMPTY'))`],
    ['that it asserts on by a pattern', `test('${title}', () => expect(run).toThrow(/INPUT_EMPTY: 0/))`],
    ['of its table', `test.each([['empty', 'INPUT_EMPTY']])('%s is %s', (a, b) => expect(a).toThrow(b))`],
    [
      'of a row with names',
      `test.each([{ a: 1, code: 'INPUT_EMPTY' }])('$a: $code', ({ code }) => expect(run).toThrow(code))`,
    ],
    ['of a table above', `const bad = ['INPUT_EMPTY'];\ntest.each(bad)('%s', (code) => expect(run).toThrow(code))`],
  ])('%s', (_, source) => {
    expect(provokedCodes(source, errorCodes)).toEqual(['INPUT_EMPTY']);
  });

  test.each([
    ['that only its title names', `test('${title}', () => expect(run).toThrow('INPUT_DAMAGED'))`],
    ['that it asserts on under another name', `test('an empty file', () => expect(run).toThrow('INPUT_EMPTY'))`],
    ['that it never asserts on', `test('${title}', () => void run('INPUT_EMPTY'))`],
    ['that it makes itself', `test('${title}', () => expect(judge(new CatalogueError('INPUT_EMPTY', ''))).toBe(1))`],
    ['of a table that its title hides', `test.each([['INPUT_EMPTY']])('refused', (code) => expect(run).toThrow(code))`],
    ['of a column that its title hides', `test.each([['a', 'INPUT_EMPTY']])('%s', (a, b) => expect(a).toThrow(b))`],
    ['of a description', `describe('${title}', () => { test('a', () => expect(run).toThrow('INPUT_EMPTY')) })`],
  ])('but not one %s', (_, source) => {
    expect(provokedCodes(source, errorCodes)).toEqual([]);
  });
});
