import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errorDocs } from '../../../scripts/write-error-docs.ts';
import { errorCodes } from '../../../src/errors/catalogue.ts';

const page = readFileSync('docs/errors.md', 'utf8');

test('docs/errors.md is what the catalogue says: `npm run error-docs` writes it', () => {
  expect(page).toBe(errorDocs());
});

test('it has a heading, so an anchor, for each code', () => {
  expect([...page.matchAll(/^### (.+)$/gm)].map(([, code]) => code)).toEqual(errorCodes);
});
