import { describe, expect, test } from 'vitest';
import { json, text } from '../../../src/database/json.ts';
import { pendingMigrations } from '../../../src/database/migrations.ts';
import { retryDelayMs } from '../../../src/database/outbox.ts';
import { isConflict, serviceError } from '../../../src/database/service-errors.ts';

const coded = (code: string, message = 'x') => Object.assign(new Error(message), { code });

test.each(['ECONNREFUSED', '57P01', '57P03', '08006', '53300', 'P1001'])('%s says that Postgres is away', (code) => {
  expect(serviceError(coded(code))).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
});

test.each([
  ['a unique key', coded('23505')],
  ['a wrong value', coded('22P02')],
  ['no error at all', 'x'],
])('%s is told as it is', (_name, error) => {
  expect(serviceError(error)).toBe(error);
});

test('a deadlock is a conflict, a unique key is none', () => {
  expect([isConflict(coded('40P01')), isConflict(coded('40001')), isConflict(coded('23505'))]).toEqual([
    true,
    true,
    false,
  ]);
});

test('words that Postgres cannot hold are mended', () => {
  expect(text('a\0b\ud800c')).toBe('ab\ufffdc');
  expect(json({ a: 'x\0', list: ['\udc00', 1, null] })).toBe('{"a":"x","list":["\ufffd",1,null]}');
});

test('a failed delivery is tried again at once, then ever later, up to 10 s', () => {
  expect([1, 2, 3, 4, 20].map(retryDelayMs)).toEqual([0, 1_000, 2_000, 4_000, 10_000]);
});

describe('pending migrations', () => {
  const [a, b] = ['1_a', '2_b'].map((name) => ({ name, sql: '', checksum: `of ${name}` }));
  if (!a || !b) throw new Error('two migrations');
  const applied = { migration_name: '1_a', checksum: 'of 1_a', finished_at: new Date() };

  test('are those without a record', () => {
    expect(pendingMigrations([a, b], [])).toEqual([a, b]);
    expect(pendingMigrations([a, b], [applied, { ...applied, migration_name: '0_older' }])).toEqual([b]);
  });

  test('are refused where history does not fit', () => {
    expect(() => pendingMigrations([a], [{ ...applied, checksum: 'other' }])).toThrow('was changed');
    expect(() => pendingMigrations([a], [{ ...applied, finished_at: null }])).toThrow('never finished');
  });
});
