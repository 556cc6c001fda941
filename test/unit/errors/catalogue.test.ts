import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { settings } from '../../../src/config.ts';
import {
  audiences,
  type CatalogueEntry,
  catalogue,
  type ErrorCode,
  errorCodes,
  isOwnFailure,
  operatorAdvice,
} from '../../../src/errors/catalogue.ts';
import { CatalogueError, toCatalogueError, userError } from '../../../src/errors/catalogue-error.ts';

const entries: [string, CatalogueEntry][] = Object.entries(catalogue);

test('what an error tells an operator to set is a setting', () => {
  const named = entries.flatMap(([, { operatorFix }]) => operatorFix?.match(/\b[A-Z]+(_[A-Z]+)+\b/g) ?? []);
  expect(named).toContain('AUDIO_ONLY');
  expect(named.filter((name) => !(name in settings))).toEqual([]);
});

test.each(entries)('%s tells users of an app nothing that only an operator can do', (_code, { fix }) => {
  expect(fix).not.toMatch(/[A-Z]{3,}_[A-Z_]+/);
  expect(fix).not.toMatch(/\b(board|doctor|workers?|disk|memory|operator can|npx|reelmill)\b/i);
});

test.each(errorCodes.filter(isOwnFailure))('%s is a failure of our own: an operator is told what to do', (code) => {
  const { fix, operatorFix }: CatalogueEntry = catalogue[code];
  expect(operatorFix).toBeTruthy();
  expect(operatorAdvice(code)).toBe(operatorFix);
  expect(fix).not.toBe(operatorFix);
});

test.each(['INPUT_TRUNCATED', 'INPUT_DAMAGED'] as const)(
  '%s promises an operator pictures only where there are some',
  (code) => {
    expect(catalogue[code].operatorFix).toMatch(/^Where pictures can be .*ON_DAMAGE=publish publishes them/);
  },
);

test('NOT_FOUND speaks of a video that has failed to operators alone: a page can be missing, too', () => {
  expect(catalogue.NOT_FOUND.fix).not.toMatch(/failed|upload/);
  expect(catalogue.NOT_FOUND.operatorFix).toMatch(/^Where a video has failed with it/);
});

test('own failures are those of operation, and what is answered with 5xx', () => {
  const own = errorCodes.filter(isOwnFailure);
  expect(own).toEqual(expect.arrayContaining(['PROCESS_KILLED', 'OBJECT_EXISTS', 'CONFIG_INVALID', 'INTERNAL']));
  expect(own.filter((code) => /^(INPUT|UPLOAD|INGEST|SIGNATURE|PRESET)_/.test(code))).toEqual([]);
});

test('an operator reads of a file what its creator reads, and what can be set', () => {
  const { fix, operatorFix } = catalogue.INPUT_TOO_LONG;
  expect(operatorAdvice('INPUT_TOO_LONG')).toBe(`${fix} ${operatorFix}`);
  expect(operatorAdvice('INPUT_EMPTY')).toBe(catalogue.INPUT_EMPTY.fix);
  expect(new CatalogueError('INPUT_TOO_LONG', 'x').advice).toContain('MAX_DURATION_SECONDS');
});

test.each<[string, ErrorCode | 'OF_ANOTHER_VERSION', boolean, string | undefined]>([
  ['a creator', 'INPUT_TOO_LONG', false, undefined],
  ['an operator', 'INPUT_TOO_LONG', true, catalogue.INPUT_TOO_LONG.operatorFix],
  ['an operator, where there is no more to say', 'INPUT_EMPTY', true, undefined],
  ['an operator, of a code that is not known', 'OF_ANOTHER_VERSION', true, catalogue.INTERNAL.operatorFix],
])('what is shown to %s', (_who, code, operator, expected) => {
  const shown = userError(code, 'found', { operator });
  expect(shown).toMatchObject({ code, detail: 'found', hint: expect.stringMatching(/\.$/), retryable: false });
  expect(shown.operator_hint).toBe(expected);
});

test('every code has one audience', () => {
  const grouped = audiences.flatMap(({ errors }) => Object.keys(errors));
  expect(grouped).toEqual(errorCodes);
  expect(new Set(grouped).size).toBe(grouped.length);
});

test.each(entries)('%s says why and what to do, in whole sentences', (_code, { cause, fix, operatorFix = 'None.' }) => {
  expect([cause, fix, operatorFix]).toEqual(Array(3).fill(expect.stringMatching(/^[\p{Lu}`].*\.$/u)));
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
