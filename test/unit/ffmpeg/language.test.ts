import { expect, test } from 'vitest';
import { parseLanguage, parseTitle } from '../../../src/ffmpeg/language.ts';

test.each([
  ['eng', 'en'],
  ['deu', 'de'],
  ['ger', 'de'],
  ['fra', 'fr'],
  ['fre', 'fr'],
  ['zho', 'zh'],
  ['chi', 'zh'],
  ['cze', 'cs'],
  ['ces', 'cs'],
  ['dut', 'nl'],
  ['gre', 'el'],
  ['may', 'ms'],
  ['ENG', 'en'],
  ['en', 'en'],
  ['en-us', 'en-US'],
  ['pt_BR', 'pt-BR'],
  ['zh-hans', 'zh-Hans'],
  ['yue', 'yue'],
  ['gsw', 'gsw'],
  ['eng,deu', 'en'],
])('%s is %s', (tag, language) => {
  expect(parseLanguage(tag)).toBe(language);
});

test.each([
  ...[undefined, '', 'und', 'mul', 'mis', 'zxx', 'qaa', 'e', 'english', 'x-foo', 'i-klingon', 'en-', 'en--us'],
  ...['../../etc', '<b>', 'en;rm -rf', 'en\n', 'en\0us', 'a'.repeat(10_000_000), `en-${'a-'.repeat(50)}`],
])('%j is no language', (tag) => {
  expect(parseLanguage(tag)).toBeNull();
});

test.each([
  ['Director’s cut', 'Director’s cut'],
  ['  5.1 Surround ', '5.1 Surround'],
  ['a\u0000b\u001b[31mc\r\nd', 'a b [31mc d'],
  ['\u202egpj.exe', 'gpj.exe'],
  ['\ud800 alone', 'alone'],
  ['👩‍👩‍👧 音声', '👩‍👩‍👧 音声'],
  ['x'.repeat(10_000_000), 'x'.repeat(100)],
  ['🎬'.repeat(200), '🎬'.repeat(100)],
  ['<script>', '<script>'], // text: whoever shows it escapes it
])('the title %j', (title, shown) => {
  expect(parseTitle(title)).toBe(shown);
});

test.each([undefined, '', ' \n\t', '\u0007'])('%j is no title', (title) => {
  expect(parseTitle(title)).toBeNull();
});
