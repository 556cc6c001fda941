import { fc, test as propertyTest } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { escapeName, escapeUnseen } from '../../../src/words/escape-unseen.ts';

test.each([
  ['a line\nand another\n', 'a line\nand another\n'],
  ['\u001b]0;title\u0007\u001b[2J', '\\u001b]0;title\\u0007\\u001b[2J'],
  ['\u009b31m\u007f\r', '\\u009b31m\\u007f\\u000d'],
  ['a\u202eb\u2028c\ufeff\u{e0041}', 'a\\u202eb\\u2028c\\ufeff\\udb40\\udc41'],
  ['\ud800', '\\ud800'],
  ['👩‍👧 été می‌خواهم', '👩‍👧 été می‌خواهم'],
])('%j is written as %j', (lines, escaped) => {
  expect(escapeUnseen(lines)).toBe(escaped);
});

test('a name within a line has no line ends', () => {
  expect(escapeName('a\nb')).toBe('a\\u000ab');
});

propertyTest.prop([fc.jsonValue({ stringUnit: 'binary' })])('JSON says the same afterwards', (value) => {
  const escaped = escapeUnseen(JSON.stringify(value));
  expect(JSON.parse(escaped)).toEqual(JSON.parse(JSON.stringify(value)));
  expect(escaped).not.toMatch(/[\p{Cc}\p{Zl}\p{Bidi_Control}]/u);
});
