import { describe, expect, test } from 'vitest';
import { signingKey } from '../../../../src/api/access/signing-key.ts';
import { playbackUrls, steadyExpiry } from '../../../../src/api/media/playback.ts';
import { playbackToken, verifyToken } from '../../../../src/api/media/playback-token.ts';

const secret = 'a secret of thirty-two characters!';
const key = signingKey(secret, 'playback');
const now = new Date('2026-03-01T10:20:00Z');
const later = new Date('2026-03-01T10:30:00Z');
const token = playbackToken('vid_1', later, key);

describe('a playback token', () => {
  test('plays its video until it expires', () => {
    expect(token).toMatch(/^~1772361000\.[\w-]{43}$/);
    expect(verifyToken(token, { videoId: 'vid_1', key, now })).toEqual(later);
  });

  test('SIGNATURE_EXPIRED: not a moment longer', () => {
    const at = (time: Date) => () => verifyToken(token, { videoId: 'vid_1', key, now: time });
    expect(at(new Date(later.getTime() - 1))()).toEqual(later);
    expect(at(later)).toThrow('SIGNATURE_EXPIRED');
  });

  test.each([
    ['of another video', playbackToken('vid_2', later, key)],
    ['of a later end', token.replace('1772361000', '1772361001')],
    ['of another spelling of its end', token.replace('~', '~0')],
    ['of another secret', playbackToken('vid_1', later, signingKey(`${secret}!`, 'playback'))],
    ['of another purpose', playbackToken('vid_1', later, signingKey(secret, 'upload-token'))],
    ['of the secret itself', playbackToken('vid_1', later, Buffer.from(secret))],
    ['changed at its end', `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`],
    ['cut short', token.slice(0, -1)],
    ['made longer', `${token}A`],
    ['without a signature', '~1772361000.'],
    ['of nothing', '~'],
  ])('SIGNATURE_INVALID: %s', (_, bad) => {
    expect(() => verifyToken(bad, { videoId: 'vid_1', key, now })).toThrow('SIGNATURE_INVALID');
  });
});

describe('a playback URL', () => {
  const settings = { mediaUrl: 'https://cdn.example/media', playbackUrlSeconds: 6 * 3_600, secret };
  const { playbackUrl } = playbackUrls(settings);
  const object = 'transcoded/vid_1/run_1/package-1/manifest.m3u8';

  test('of a public video is its base and its key', () => {
    expect(playbackUrl({ id: 'vid_1', playback: 'public' }, object, now)).toBe(`https://cdn.example/media/${object}`);
    expect(playbackUrl({ id: 'vid_1', playback: 'public' }, null, now)).toBeNull();
  });

  test('of a signed one carries a token between them, which fits the video', () => {
    const url = playbackUrl({ id: 'vid_1', playback: 'signed' }, object, now) ?? '';
    const [, made = ''] = /^https:\/\/cdn\.example\/media\/(~[^/]+)\/transcoded\/vid_1\//.exec(url) ?? [];
    expect(verifyToken(made, { videoId: 'vid_1', key, now })).toEqual(new Date('2026-03-01T17:00:00Z'));
    expect(playbackUrl({ id: 'vid_1', playback: 'signed' }, null, now)).toBeNull();
  });

  test('is the same for all who ask within an hour', () => {
    const at = (time: string) => playbackUrl({ id: 'vid_1', playback: 'signed' }, object, new Date(time));
    expect(at('2026-03-01T10:59:59Z')).toBe(at('2026-03-01T10:00:01Z'));
    expect(at('2026-03-01T11:00:01Z')).not.toBe(at('2026-03-01T10:59:59Z'));
  });

  test.each([
    [6 * 3_600, '2026-03-01T17:00:00Z'],
    [3_600, '2026-03-01T12:00:00Z'],
    [60, '2026-03-01T10:21:00Z'],
    [50, '2026-03-01T10:20:50Z'],
  ])('that is to be valid for %i s ends at %s', (seconds, end) => {
    expect(steadyExpiry(now, seconds)).toEqual(new Date(end));
  });
});
