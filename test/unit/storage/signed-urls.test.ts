import { describe, expect, test } from 'vitest';
import { type Grant, signUrl, verifyRequest } from '../../../src/storage/signed-urls.ts';

const secret = 'a secret of tests, long enough for all';
const expiresAt = new Date('2026-01-01T01:00:00Z');
const now = new Date('2026-01-01T00:30:00Z');
const grant: Grant = {
  method: 'PUT',
  key: 'originals/vid_1/original.mp4',
  part: { uploadId: 'upl_1', partNumber: 2, mostBytes: 1_000 },
  expiresAt,
};
const url = signUrl(grant, { publicUrl: 'https://films.example/reelmill/', secret });
const { pathname, search } = new URL(url);

test('a grant comes back out of its URL, whatever stands before the path', () => {
  expect(url).toContain(
    'https://films.example/reelmill/storage/originals/vid_1/original.mp4?uploadId=upl_1&partNumber=2',
  );
  expect(verifyRequest({ method: 'PUT', url: pathname + search }, secret, now)).toEqual(grant);
  expect(verifyRequest({ method: 'PUT', url: pathname.replace('/reelmill', '') + search }, secret, now)).toEqual(grant);
});

test('it is over at its time: SIGNATURE_EXPIRED', () => {
  expect(() => verifyRequest({ method: 'PUT', url }, secret, expiresAt)).toThrow('SIGNATURE_EXPIRED');
});

describe('is refused with', () => {
  test.each([
    ['another method', 'GET', url],
    ['HEAD', 'HEAD', url],
    ['another key', 'PUT', url.replace('vid_1', 'vid_2')],
    ['a key that climbs', 'PUT', url.replace('vid_1', 'x/../vid_1/../vid_2')],
    ['another part', 'PUT', url.replace('partNumber=2', 'partNumber=3')],
    ['a larger part', 'PUT', url.replace('mostBytes=1000', 'mostBytes=9999')],
    ['two part numbers', 'PUT', `${url}&partNumber=3`],
    ['another upload', 'PUT', url.replace('upl_1', 'upl_2')],
    ['no upload', 'PUT', url.replace('uploadId=upl_1&', '')],
    ['a later time', 'PUT', url.replace(/expires=\d+/, 'expires=9999999999')],
    ['no time', 'PUT', url.replace(/expires=\d+/, 'expires=never')],
    ['no signature', 'PUT', url.replace(/&signature=.*/, '')],
    ['another route', 'PUT', url.replace('/storage/', '/media/')],
    ['a broken escape', 'PUT', url.replace('vid_1', '%E0%A4%A')],
    ['no URL at all', 'PUT', '//'],
  ])('%s: SIGNATURE_INVALID', (_name, method, changed) => {
    expect(() => verifyRequest({ method, url: changed }, secret, now)).toThrow('SIGNATURE_INVALID');
  });

  test('another secret', () => {
    expect(() => verifyRequest({ method: 'PUT', url }, `${secret}!`, now)).toThrow('SIGNATURE_INVALID');
  });
});
