import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { settings } from '../../../src/config.ts';
import { audiences, type CatalogueEntry, catalogue, errorCodes } from '../../../src/errors/catalogue.ts';
import { CatalogueError, toCatalogueError } from '../../../src/errors/catalogue-error.ts';

const entries: [string, CatalogueEntry][] = Object.entries(catalogue);

test('what an error tells an operator to set is a setting', () => {
  const named = Object.values(catalogue).flatMap(({ fix }) => fix.match(/\b[A-Z]+(_[A-Z]+)+\b/g) ?? []);
  expect(named).toContain('AUDIO_ONLY');
  expect(named.filter((name) => !(name in settings))).toEqual([]);
});

test('every code has one audience', () => {
  const grouped = audiences.flatMap(({ errors }) => Object.keys(errors));
  expect(grouped).toEqual(errorCodes);
  expect(new Set(grouped).size).toBe(grouped.length);
});

test.each(entries)('%s says why and what to do, in whole sentences', (_code, { cause, fix }) => {
  expect([cause, fix]).toEqual(Array(2).fill(expect.stringMatching(/^[\p{Lu}`].*\.$/u)));
  expect(fix).not.toBe(cause);
});

test('nothing that is wrong with a file or a request goes away by itself, but for what is a matter of when it was sent', () => {
  const hopeful = entries.filter(([, { retryable, httpStatus }]) => retryable && httpStatus < 500);
  expect(hopeful.map(([code]) => code)).toEqual([
    'REQUEST_TOO_SLOW',
    'WAIT_TIMEOUT',
    'RATE_LIMITED',
    'IDEMPOTENCY_IN_FLIGHT',
  ]);
});

test('what may be chance is tried again by the queue, though a client is not told to', () => {
  const error = new CatalogueError('PROCESS_FAILED', 'ffmpeg ended with exit code 1');
  expect(error).toMatchObject({ permanent: false, entry: { retryable: false } });
  expect(new CatalogueError('SERVICE_UNAVAILABLE', 'away').permanent).toBe(false);
  expect(new CatalogueError('INPUT_DAMAGED', 'cut').permanent).toBe(true);
});

test('SERVICE_UNAVAILABLE names what the disk lacks, and no path; what nobody foresaw is INTERNAL', async () => {
  const notThere = await readFile(`${import.meta.filename}/in-a-file`).catch((error: unknown) => error);
  expect(toCatalogueError(notThere)).toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    detail: 'A folder of Reelmill is none (ENOTDIR).',
  });
  expect(toCatalogueError(Object.assign(new Error('x'), { code: 'ENOSPC' })).detail).toBe('The disk is full (ENOSPC).');
  expect(toCatalogueError(new TypeError('x is not a function')).code).toBe('INTERNAL');
});
