import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { warnings } from '../../../src/plan/warnings.ts';

const page = readFileSync('docs/inputs.md', 'utf8');
const cells = (line: string) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
const rowsUnder = (heading: string): string[][] => {
  const section = page.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  return section.split('\n').flatMap((line) => (/^\|(?! ?-)/.test(line) ? [cells(line)] : []));
};
const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => /\.tsx?$/.test(path));

describe('docs/inputs.md', () => {
  const matrix = ['Pictures', 'Times and containers', 'Sound'].flatMap((heading) => rowsUnder(heading).slice(1));

  test('has the whole matrix', () => expect(matrix.length).toBeGreaterThan(50));

  test.each(matrix)('%s: %s', (_source, done, held) => {
    expect(done).toBeTruthy();
    const [, file, name] = /^`([^`]+)`: (.+)$/.exec(held ?? '') ?? [];
    expect(file, 'the third column is `file`: words of the test').toBeTruthy();
    expect(readFileSync(join('test', file ?? ''), 'utf8')).toContain(name);
  });

  test('explains every code of the report, as the table in the code does', () => {
    const explained = rowsUnder('The report').slice(1);
    expect(Object.fromEntries(explained.map(([code, text]) => [code?.replaceAll('`', ''), text]))).toEqual(warnings);
  });

  test('and every code is given somewhere', () => {
    const sources = filesBelow('src').map((path) => readFileSync(join('src', path), 'utf8'));
    const given = (code: string) =>
      sources.some((text) => text.includes(`warn('${code}'`) || text.includes(`warn(\n      '${code}'`));
    expect(Object.keys(warnings).filter((code) => !given(code))).toEqual([]);
  });
});
