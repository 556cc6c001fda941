import { describe, expect, test } from 'vitest';
import {
  mayChange,
  namesTag,
  preferredWait,
  strongTag,
  versionTag,
  weakTag,
} from '../../../../src/api/live/conditional.ts';

describe('If-None-Match is compared weakly', () => {
  test.each([
    ['no header', undefined, false],
    ['the same tag', '"a"', true],
    ['the same tag, weak on one side', 'W/"a"', true],
    ['any', ' * ', true],
    ['another', '"b"', false],
    ['one of several', '"x", W/"a" , "y"', true],
    ['a part of it', '"ab"', false],
    ['no quotes', 'a', false],
    ['nothing', '', false],
  ])('%s', (_what, header, expected) => {
    expect(namesTag(header, '"a"')).toBe(expected);
    expect(namesTag(header, 'W/"a"')).toBe(expected);
  });

  test('tags tell bodies apart', () => {
    expect(strongTag({ a: 1 })).toMatch(/^"[\w-]{22}"$/);
    expect(strongTag({ a: 1 })).not.toBe(strongTag({ a: 2 }));
    expect(weakTag({ a: 1 })).toBe(`W/${strongTag({ a: 1 })}`);
  });
});

describe('If-Match is compared strongly, by the version of a tag', () => {
  test.each([
    ['no header', undefined, true],
    ['any', ' * ', true],
    ['the same tag', '"v.a"', true],
    ['another body of the same version', '"x", "v.b"', true],
    ['another version with the same body', '"w.a"', false],
    ['a version alone', '"v"', true],
    ['a part of it', '"v', false],
    ['a weak one', 'W/"v.a"', false],
    ['nothing', '', false],
  ])('%s', (_what, header, expected) => {
    expect(mayChange(header, '"v.a"')).toBe(expected);
  });

  test('a tag without a version is all of it', () => {
    expect([mayChange('"a"', '"a"'), mayChange('"b"', '"a"')]).toEqual([true, false]);
  });

  test('tags of a version tell bodies apart to who asks', () => {
    const [one, two] = [versionTag(1, 'a'), versionTag(1, 'b')];
    expect([namesTag(one, two), mayChange(one, two), mayChange(one, versionTag(2, 'a'))]).toEqual([false, true, false]);
  });
});

test.each([
  [undefined, null],
  ['', null],
  ['respond-async', null],
  ['wait=10', 10],
  ['respond-async, WAIT = "7"', 7],
  ['wait=5; foo=bar', 5],
  ['wait=3, wait=9', 3],
  ['wait=0', 0],
  ['wait=3600', 60],
  ['wait=-1', null],
  ['wait=1.5', null],
  ['wait=soon, wait=4', 4],
  ['await=4', null],
])('Prefer: %s is a wait of %s s', (header, seconds) => {
  expect(preferredWait(header)).toBe(seconds);
});
