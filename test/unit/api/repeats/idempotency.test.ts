import { describe, expect, test } from 'vitest';
import { isKept } from '../../../../src/api/repeats/idempotency.ts';
import { canonicalJson, fingerprintOf, readIdempotencyKey } from '../../../../src/api/repeats/idempotency-key.ts';
import { openAnswer, sealAnswer } from '../../../../src/api/repeats/seal-answer.ts';
import { newIdFrom, newSeed } from '../../../../src/ids.ts';

describe('an Idempotency-Key', () => {
  test.each([
    ['8e03978e-40d5-43dd-bc93-6894a57f9324', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['"8e03978e"', '8e03978e'],
    [String.raw`"a\"b\\c"`, String.raw`a"b\c`],
    ['x'.repeat(255), 'x'.repeat(255)],
    ['"', '"'],
  ])('%s stands for %s', (header, key) => {
    expect(readIdempotencyKey(header)).toBe(key);
  });

  test.each([[''], ['""'], ['a b'], ['one, two'], ['ä'], ['x'.repeat(256)], ['a\tb']])(
    'REQUEST_MALFORMED: "%s" is none',
    (header) => {
      expect(() => readIdempotencyKey(header)).toThrow('REQUEST_MALFORMED: Idempotency-Key: must be 1 to 255');
    },
  );

  test('no header, no key', () => {
    expect(readIdempotencyKey(undefined)).toBeNull();
  });
});

describe('the same request', () => {
  const of = (body: unknown, url = '/api/v1/videos/upload') => fingerprintOf('POST', url, body);

  test('may name its fields in another order', () => {
    expect(of({ a: 1, b: { c: [1, { e: 2, d: 3 }] } })).toBe(of({ b: { c: [1, { d: 3, e: 2 }] }, a: 1 }));
  });

  test.each<[string, unknown, string?]>([
    ['value', { a: 2 }],
    ['type', { a: '1' }],
    ['field more', { a: 1, b: null }],
    ['path', { a: 1 }, '/api/v1/videos/ingest'],
    ['query', { a: 1 }, '/api/v1/videos/upload?x=1'],
    ['body that is missing', undefined],
    ['prototype', JSON.parse('{"a": 1, "__proto__": {"b": 1}}')],
  ])('is another with another %s', (_what, body, url) => {
    expect(of(body, url)).not.toBe(of({ a: 1 }));
  });

  test('the order of a list counts', () => {
    expect(canonicalJson([2, 1])).toBe('[2,1]');
  });
});

test.each([
  [200, true],
  [201, true],
  [204, true],
  [404, false],
  [409, false],
  [422, false],
  [400, false],
  [401, false],
  [403, false],
  [408, false],
  [429, false],
  [500, false],
  [503, false],
])('an answer %i is kept: %s', (status, kept) => {
  expect(isKept({}, status, 100)).toBe(kept);
});

test('nothing is kept of what only signs or reads, nor a body that is larger than any of ours', () => {
  expect(isKept({ repeatable: true }, 200, 100)).toBe(false);
  expect([65_536, 65_537].map((bytes) => isKept({}, 200, bytes))).toEqual([true, false]);
});

describe('a kept answer', () => {
  const seal = { key: Buffer.alloc(32, 1), idempotencyKey: 'key', fingerprint: 'request' };
  const body = Buffer.from('{"key":"rm_canary","title":"Ä"}');
  const sealed = sealAnswer(body, seal);

  test('opens for who knows server secret, key and request', () => {
    expect(openAnswer(sealed, seal)).toEqual(body);
    expect(openAnswer(sealAnswer(Buffer.alloc(0), seal), seal)).toEqual(Buffer.alloc(0));
  });

  test('shows nothing of itself, and never the same', () => {
    expect(Buffer.from(sealed, 'base64').toString('latin1')).not.toContain('rm_canary');
    expect(sealAnswer(body, seal)).not.toBe(sealed);
  });

  test.each([
    ['another server secret', { ...seal, key: Buffer.alloc(32, 2) }],
    ['another Idempotency-Key', { ...seal, idempotencyKey: 'other' }],
    ['another request', { ...seal, fingerprint: 'other' }],
  ])('stays shut for %s', (_what, other) => {
    expect(openAnswer(sealed, other)).toBeNull();
  });

  test.each([
    ['', 'nothing'],
    ['AAAA', 'a stump'],
    [`${sealed.slice(0, -4)}AAA=`, 'damaged bytes'],
  ])('that is %j opens to null (%s)', (kept) => {
    expect(openAnswer(kept, seal)).toBeNull();
  });
});

describe('ids of a seed', () => {
  const seed = newSeed();

  test('are the same each time, have the form of others, and the seed’s time', () => {
    expect(newIdFrom(seed, 'vid')).toBe(newIdFrom(seed, 'vid'));
    expect(newIdFrom(seed, 'vid')).toMatch(/^vid_[0-9a-hjkmnp-tv-z]{26}$/);
    expect(newIdFrom(seed, 'vid').slice(4, 14)).toBe(seed.slice(0, 10));
  });

  test('differ by kind, part and seed', () => {
    const bare = (id: string) => id.split('_')[1];
    const ids = [
      newIdFrom(seed, 'vid'),
      newIdFrom(seed, 'run'),
      newIdFrom(seed, 'vid', '2'),
      newIdFrom(newSeed(), 'vid'),
    ];
    expect(new Set(ids.map(bare)).size).toBe(4);
  });
});
