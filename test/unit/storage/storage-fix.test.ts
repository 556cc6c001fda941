import { expect, test } from 'vitest';
import { corsWords, s3CodeOf, settingFix, skewWords, storageFix } from '../../../src/storage/storage-fix.ts';

test.each([
  ['SignatureDoesNotMatch', 'AWS_SECRET_ACCESS_KEY'],
  ['InvalidAccessKeyId', 'AWS_ACCESS_KEY_ID'],
  ['NoSuchBucket', 'Make the bucket'],
  ['AccessDenied', 'docs/storage/'],
  ['RequestTimeTooSkewed', 'NTP'],
  ['AuthorizationHeaderMalformed', 'region='],
  ['ECONNREFUSED', 'endpoint='],
  ['ENOTFOUND', 'endpoint='],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'NODE_EXTRA_CA_CERTS'],
])('%s: what to do', (code, words) => {
  expect(storageFix(code)).toContain(words);
});

test.each([
  ['SignatureDoesNotMatch', true, true],
  ['NoSuchBucket', true, true],
  ['AccessDenied', true, false],
  ['ExpiredToken', true, false],
  ['RequestTimeTooSkewed', false, false],
  ['SlowDown', false, false],
  ['ECONNREFUSED', false, false],
])('%s: no retry mends it, at the start %s, later %s', (code, atStart, later) => {
  expect([settingFix(code, { atStart: true }) !== null, settingFix(code) !== null]).toEqual([atStart, later]);
});

test('of an unknown code nothing is said', () => {
  expect(storageFix('SlowDown')).toBeNull();
  expect(s3CodeOf('<html>502</html>')).toBe('');
  expect(s3CodeOf('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>')).toBe('AccessDenied');
});

test('clocks may differ by a minute', () => {
  const now = new Date('2026-05-01T12:00:00Z');
  expect(skewWords('Fri, 01 May 2026 12:00:59 GMT', now)).toBeNull();
  expect(skewWords('Fri, 01 May 2026 12:20:00 GMT', now)).toContain('1200 s behind');
  expect(skewWords('Fri, 01 May 2026 11:00:00 GMT', now)).toContain('3600 s ahead of');
  expect(skewWords(null, now)).toBeNull();
});

test.each([
  [{ 'access-control-allow-origin': '*', 'access-control-expose-headers': 'Date, ETag' }, null],
  [{ 'access-control-allow-origin': 'https://a.example', 'access-control-expose-headers': '*' }, null],
  [{ 'access-control-allow-origin': 'https://b.example' }, 'cannot upload from https://a.example'],
  [{}, 'cannot upload'],
  [{ 'access-control-allow-origin': '*' }, 'cannot read the ETags'],
])('CORS headers %j', (headers, words) => {
  const found = corsWords(new Headers(headers), new Headers(headers), 'https://a.example');
  expect(found).toEqual(words === null ? null : expect.stringContaining(words));
});
