import { fc, test as propertyTest } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { displayName } from '../../../src/words/display-name.ts';

test.each([
  ['clip.mp4', 'clip.mp4'],
  ['  two\t words\n', 'two words'],
  ['../../etc/passwd\0.mp4', '../../etc/passwd .mp4'], // text: it is part of no path
  ['a\u0000b\u001b[31mc\r\nd\u009b2Je', 'a b [31mc d 2Je'],
  ['line\u2028one\u2029two\u0085three', 'line one two three'],
  ['holiday\u202e4pm.exe', 'holiday4pm.exe'],
  ['\u2066a\u2069\u200e\u200f\u061cb', 'ab'],
  ['pay\u200bpal \ufeffa\u00adb\u2060c\u{e0041}\u3164d', 'paypal abcd'],
  ['\ud800 alone \udc00', 'alone'],
  ['ends\ufffe\uffff\u{1ffff}', 'ends'],
  ['e\u0301te\u0301', 'été'],
  ['a\u034f\u0301', 'á'], // what stood between letter and mark is gone: they compose
  ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
  ['फ़िल्म 👩‍👧 été.mov', 'फ़िल्म 👩‍👧 été.mov'.normalize('NFC')],
  ['می‌خواهم', 'می‌خواهم'], // Persian: zero width, and not to be left out
  ['❤️‍🔥 1️⃣', '❤️‍🔥 1️⃣'],
  ['ad\u200dmin\u200c \u200d', 'admin'],
  ['a\ufe0fb', 'ab'],
  [`Z${'\u0335'.repeat(100)}`, `Z${'\u0335'.repeat(8)}`],
  ['x'.repeat(10_000_000), 'x'.repeat(255)],
  ['🎬'.repeat(300), '🎬'.repeat(255)],
  [`${'x'.repeat(254)}👩‍👧`, 'x'.repeat(254)],
  [`${'x'.repeat(253)}👩🏽y`, `${'x'.repeat(253)}👩🏽`],
  ['', ''],
  ['\u0000\u001f\u007f\u200b\u2800 \u3000', ''],
])('%j is shown as %j', (given, shown) => {
  expect(displayName(given)).toBe(shown);
});

/** Strings of every code point, of halves of surrogate pairs, and of what does harm. */
const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 600 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 600 }).map((units) => String.fromCharCode(...units)),
  fc
    .array(
      fc.constantFrom(
        ...['a', 'é', 'e', '\u0301', '\u034f', '\u200d', '\u200c', '\ufe0f', '👩', '🏽', '\u202e', '\0', '\u001b', ' '],
        ...['\ud800', '\udfff', 'م', 'क', '्', '\u2028', '\u{e0061}', '\n', '1', '\u20e3', '가', '\u1100', '\u1161'],
      ),
      { maxLength: 300 },
    )
    .map((signs) => signs.join('')),
);

test('a joiner behind a mark goes where the mark becomes one with its letter', () => {
  expect(displayName('a\u200d\u0301\u200ca')).toBe('\u00e1a');
});

propertyTest.prop([anything, fc.integer({ min: 1, max: 300 })], { numRuns: 2_000 })(
  'whatever is given, one line of bounded length comes out, and stays as it is when it is shown again',
  (given, most) => {
    const shown = displayName(given, most);
    expect([...shown].length).toBeLessThanOrEqual(most);
    expect(shown).not.toMatch(
      /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\u200b\u2060-\u2064\ufeff\u{e0000}-\u{e007f}]/u,
    );
    expect(shown).toBe(shown.normalize('NFC').trim());
    expect(displayName(shown, most)).toBe(shown);
  },
);
