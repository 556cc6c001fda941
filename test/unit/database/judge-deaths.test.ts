import { expect, test } from 'vitest';
import { type Death, isPoison } from '../../../src/database/judge-deaths.ts';

const alone: Death = { others: 0, othersLived: false, explained: false };
const survived: Death = { others: 2, othersLived: true, explained: false };
const together: Death = { others: 2, othersLived: false, explained: false };
const explained: Death = { others: 2, othersLived: false, explained: true };

test.each<[string, Array<[number, Death]>, boolean]>([
  ['no death', [], false],
  ['four that the others survived', [[4, survived]], false],
  ['five that the others survived', [[5, survived]], true],
  ['nine alone', [[9, alone]], false],
  ['ten alone', [[10, alone]], true],
  ['nineteen together', [[19, together]], false],
  ['twenty together', [[20, together]], true],
  ['a hundred that another task was given up for', [[100, explained]], false],
  [
    'some of each, below',
    [
      [3, survived],
      [2, alone],
      [3, together],
      [9, explained],
    ],
    false,
  ],
  [
    'some of each, enough',
    [
      [3, survived],
      [2, alone],
      [4, together],
      [9, explained],
    ],
    true,
  ],
])('%s', (_what, counts, poison) => {
  expect(isPoison(counts.flatMap(([times, death]) => Array.from({ length: times }, () => death)))).toBe(poison);
});
