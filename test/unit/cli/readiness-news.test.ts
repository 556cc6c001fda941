import { expect, test } from 'vitest';
import { isInDoubt, type ReadinessSeen, readyAtFirst, seeReadiness } from '../../../src/cli/readiness-news.ts';

const [store, postgres] = [['storage does not answer'], ['Postgres does not answer']];
const both = [...postgres, ...store];

test.each<[string, string[][], (string[] | null)[]]>([
  ['what is ready and stays so is not told', [[], []], [null, null]],
  ['one look that fails is not believed', [store, [], store], [null, null, null]],
  ['two running are, once', [store, store, store], [null, store, null]],
  ['it is ready again at the first look that says so', [store, store, [], []], [null, store, [], null]],
  ['other reasons are told, too', [store, store, both, both, both], [null, store, null, both, null]],
  ['two looks of other reasons are not two of one', [store, postgres, postgres], [null, null, postgres]],
])('%s', (_, looks, expected) => {
  let seen: ReadinessSeen = readyAtFirst;
  const told = looks.map((found) => {
    const { news, ...now } = seeReadiness(seen, found);
    seen = now;
    return news ? found : null;
  });
  expect(told).toEqual(expected);
});

test('a look that is not as told is soon confirmed by another', () => {
  const once = seeReadiness(readyAtFirst, store);
  expect([readyAtFirst, once, seeReadiness(once, store)].map(isInDoubt)).toEqual([false, true, false]);
});
