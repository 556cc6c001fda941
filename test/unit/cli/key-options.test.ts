import { describe, expect, test } from 'vitest';
import { parsePlan, parseScopes, parseSpan } from '../../../src/cli/key-options.ts';
import { keyTable, stateWords } from '../../../src/cli/key-table.ts';
import type { KeyRow } from '../../../src/database/api-keys.ts';

test.each([
  ['45s', 45],
  ['90m', 5_400],
  ['12h', 43_200],
  ['30d', 2_592_000],
  ['2w', 1_209_600],
  ['0s', 0],
])('%s are %d s', (text, seconds) => {
  expect(parseSpan(text, '--overlap')).toBe(seconds);
});

test.each(['', '30', 'd', '-1d', '1.5d', '1y', '1e3d', '999999999w'])('"%s" is no time span', (text) => {
  expect(() => parseSpan(text, '--overlap')).toThrow(`--overlap "${text}" is no time span`);
});

describe('scopes', () => {
  test.each([
    ['videos:read', ['videos:read']],
    [' operate , videos:read,operate', ['videos:read', 'operate']],
    ['admin,', ['admin']],
  ])('%s', (text, scopes) => {
    expect(parseScopes(text)).toEqual(scopes);
  });
  test.each([
    [
      'videos:reed,admin,root',
      '"videos:reed", "root" is no scope; there are videos:read, videos:write, operate, admin',
    ],
    ['ADMIN', '"ADMIN" is no scope'],
    [' , ', '--scopes names none; there are videos:read'],
  ])('%s is refused with the right ones', (text, words) => {
    expect(() => parseScopes(text)).toThrow(words);
  });
});

test('a plan is one of three', () => {
  expect(parsePlan('premium')).toBe('premium');
  expect(() => parsePlan('gold')).toThrow('"gold" is no plan; there are free, standard, premium');
});

describe('the table of keys', () => {
  const now = new Date('2026-05-04T12:00:00Z');
  const later = new Date('2026-06-01T08:30:00Z');
  const earlier = new Date('2026-01-31T23:59:00Z');
  const key: KeyRow = {
    ...{
      id: 'key_1',
      creatorId: 'web',
      name: 'app',
      plan: 'free',
      scopes: ['videos:read', 'admin'],
      createdAt: earlier,
    },
    ...{ expiresAt: null, revokedAt: null, successorId: null },
  };
  test.each<[Partial<KeyRow>, string]>([
    [{}, 'valid'],
    [{ expiresAt: later }, 'valid until 2026-06-01 08:30 UTC'],
    [{ expiresAt: later, successorId: 'key_2' }, 'rotated, valid until 2026-06-01 08:30 UTC'],
    [{ expiresAt: earlier, successorId: 'key_2' }, 'expired 2026-01-31 23:59 UTC'],
    [{ expiresAt: now }, 'expired 2026-05-04 12:00 UTC'],
    [{ expiresAt: later, revokedAt: earlier }, 'revoked 2026-01-31 23:59 UTC'],
  ])('%j is %s', (facts, words) => {
    expect(stateWords({ ...key, ...facts }, now)).toBe(words);
  });

  test('has a line for each, in columns', () => {
    expect(keyTable([key, { ...key, id: 'key_22', scopes: [], name: 'Ünïcode' }], now)).toBe(
      [
        'ID      CREATOR  NAME     PLAN  SCOPES             STATE  CREATED',
        'key_1   web      app      free  videos:read,admin  valid  2026-01-31 23:59 UTC',
        'key_22  web      Ünïcode  free  none               valid  2026-01-31 23:59 UTC',
      ].join('\n'),
    );
  });
});
