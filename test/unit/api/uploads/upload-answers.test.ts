import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { uploadOperations } from '../../../../src/api/uploads/upload-answers.ts';

const folder = 'src/ffmpeg';

test('complete lists every code that a look into the file may give', () => {
  const sources = readdirSync(folder)
    .filter((name) => name.startsWith('sniff'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  const said = new Set(sources.flatMap((source) => source.match(/\bINPUT_[A-Z_]+\b/g) ?? []));
  expect(said.size).toBeGreaterThan(5);
  const complete = uploadOperations.find(({ id }) => id === 'completeUpload');
  expect(complete?.codes?.filter((code) => code.startsWith('INPUT_')).toSorted()).toEqual([...said].toSorted());
});
