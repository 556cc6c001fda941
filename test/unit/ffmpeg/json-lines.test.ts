import { fc, test as propertyTest } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { jsonLines, shortJsonLine } from '../../../src/ffmpeg/json-lines.ts';

const hostile = fc.array(fc.constantFrom('a', '\\', '"', '\n', '\u0000', '\u001b', 'u0041', ',', '🎬'), {
  maxLength: 200,
});

propertyTest.prop([hostile, fc.integer({ min: 20, max: 120 }), fc.constantFrom('', ',')], { numRuns: 2_000 })(
  'a line that is cut is still JSON, and the beginning of what it was',
  (signs, most, comma) => {
    const value = signs.join('');
    const line = `    "title": ${JSON.stringify(value)}`;
    const cut = shortJsonLine(`${line}${comma}`, most);
    expect(cut.length).toBeLessThanOrEqual(Math.max(most + 2, 0));
    expect(cut.endsWith(',')).toBe(comma === ',');
    const read: { title: string } = JSON.parse(`{${cut.replace(/,$/, '')}}`);
    expect(value.startsWith(read.title.replace(/[\ud800-\udbff]$/, ''))).toBe(true);
  },
);

test('of tags of 10 MB in 120 streams little is kept', () => {
  const json = jsonLines();
  json.add('[');
  for (let stream = 0; stream < 120; stream++) {
    json.add(`{ "tags": {`);
    json.add(`"title": "${'\\u0000'.repeat(1_700_000)}",`);
    json.add(`"language": "deu"`);
    json.add(stream < 119 ? '}},' : '}}');
  }
  json.add(']');
  const streams: { tags: { title: string; language: string } }[] = JSON.parse(json.text());
  expect(streams).toHaveLength(120);
  expect(json.text().length).toBeLessThan(2 ** 20);
  expect(streams.every(({ tags }) => tags.language === 'deu' && tags.title.startsWith('\0'))).toBe(true);
});

test('there is an end to what a file may say', () => {
  const json = jsonLines();
  const say = () => {
    for (let line = 0; line < 10_000; line++) json.add('x'.repeat(10_000));
  };
  expect(say).toThrow(expect.objectContaining({ code: 'INPUT_DAMAGED' }));
});
