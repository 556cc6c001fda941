import { describe, expect, test } from 'vitest';
import { addressKey } from '../../../../src/api/limits/address-key.ts';
import { rateLimitHeaders } from '../../../../src/api/limits/rate-limit-headers.ts';
import { limitOf } from '../../../../src/api/limits/rate-limits.ts';
import { createRecent } from '../../../../src/api/limits/recent.ts';
import { readConfig } from '../../../../src/config.ts';

describe('an address is counted', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:4711', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:0db8:0001:0002::/64'],
    ['2001:db8:1:2::ffff', '2001:0db8:0001:0002::/64'],
    ['[2001:db8:1:2::1]:443', '2001:0db8:0001:0002::/64'],
    ['::1', '0000:0000:0000:0000::/64'],
    ['2001:db8:1:3::1', '2001:0db8:0001:0003::/64'],
    ['unknown', null],
    ['_hidden', null],
    ['', null],
    [undefined, null],
  ])('%s as %s', (address, key) => {
    expect(addressKey(address)).toBe(key);
  });
});

describe('what an answer says of its limits', () => {
  const create = { limit: { name: 'create', mostAMinute: 600 }, allowed: true, remaining: 599, resetMs: 41_200 };
  const address = { limit: { name: 'address', mostAMinute: 12_000 }, allowed: true, remaining: 0, resetMs: 0 };

  test('policies and what is left, as structured fields', () => {
    expect(rateLimitHeaders([address, create])).toEqual({
      'ratelimit-policy': '"address";q=12000;w=60, "create";q=600;w=60',
      ratelimit: '"address";r=0;t=0, "create";r=599;t=42',
    });
  });

  test.each([
    [41_001, '42'],
    [1, '1'],
    [0, '1'],
  ])('a refusal that ends in %i ms may be asked again in %s s', (resetMs, seconds) => {
    const headers = rateLimitHeaders([address, { ...create, allowed: false, remaining: 0, resetMs }]);
    expect(headers['retry-after']).toBe(seconds);
  });
});

test.each([
  [{ method: 'get' } as const, 'read'],
  [{ method: 'post' } as const, 'write'],
  [{ method: 'delete' } as const, 'write'],
  [{ method: 'post', limit: 'create' } as const, 'create'],
])('%j counts as %s', (operation, limit) => {
  expect(limitOf(operation)).toBe(limit);
});

describe('what was met lately', () => {
  test('is forgotten after its time, the oldest first where there are too many', () => {
    const recent = createRecent(2);
    recent.add('a', 60_000);
    recent.add('b', 60_000);
    recent.add('a', 60_000);
    recent.add('c', 60_000);
    recent.add('over', -1);
    expect([recent.has('b'), recent.has('a'), recent.has('c'), recent.has('over')]).toEqual([
      false,
      false,
      true,
      false,
    ]);
    expect(recent.msLeft('c')).toBeGreaterThan(50_000);
    recent.delete('c');
    expect(recent.has('c')).toBe(false);
  });
});

describe('TRUSTED_PROXIES', () => {
  test('is a list of addresses and networks; nobody where it is not set', () => {
    const setting = '10.0.0.0/8, 192.0.2.1,2001:db8::/32 , ::1';
    expect(readConfig({ TRUSTED_PROXIES: setting }).TRUSTED_PROXIES).toEqual([
      '10.0.0.0/8',
      '192.0.2.1',
      '2001:db8::/32',
      '::1',
    ]);
    expect(readConfig({}).TRUSTED_PROXIES).toEqual([]);
  });

  test.each([
    ['true'],
    ['1'],
    ['loopback'],
    ['10.0.0.0/33'],
    ['10.0.0.0/'],
    ['0.0.0.0/0'],
    ['::/0'],
    ['10.0.0/8'],
    ['10.0.0.0/8/8'],
    ['proxy.example.com'],
    ['*'],
  ])('CONFIG_INVALID: %s is none', (setting) => {
    expect(() => readConfig({ TRUSTED_PROXIES: setting })).toThrow(
      /^CONFIG_INVALID: TRUSTED_PROXIES: addresses and networks such as/,
    );
  });
});
