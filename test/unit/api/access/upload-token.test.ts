import { describe, expect, test } from 'vitest';
import { signingKey } from '../../../../src/api/access/signing-key.ts';
import { isUploadToken, readUploadToken, uploadToken } from '../../../../src/api/access/upload-token.ts';
import { playbackToken } from '../../../../src/api/media/playback-token.ts';

const secret = 'a secret of thirty-two characters!';
const key = signingKey(secret, 'upload-token');
const now = new Date('2026-05-04T12:00:00Z');
const expiresAt = new Date('2026-05-04T12:15:00Z');
const grant = { videoId: 'vid_1', keyId: 'key_1', expiresAt };
const token = uploadToken(grant, key);
const read = (text: string, at = now) => readUploadToken(text, { key, now: at });

test('a token grants what it was made for', () => {
  expect(token).toMatch(/^up_[\w.-]{60,}$/);
  expect(isUploadToken(token)).toBe(true);
  expect(read(token)).toEqual(grant);
});

test('UNAUTHENTICATED: not a second longer than it says', () => {
  expect(read(token, new Date(expiresAt.getTime() - 1))).toEqual(grant);
  expect(() => read(token, expiresAt)).toThrow('UNAUTHENTICATED: The upload token was valid until 2026-05-04T12:15:00');
});

const [said = '', mac = ''] = [token.slice(0, token.lastIndexOf('.')), token.slice(token.lastIndexOf('.') + 1)];

describe('UNAUTHENTICATED: nothing else is a token of ours', () => {
  test.each([
    ['another video', token.replace('vid_1', 'vid_2')],
    ['another key', token.replace('key_1', 'key_2')],
    ['another time', token.replace(/\.\d+\./, '.9999999999.')],
    ['no signature', said],
    ['an empty signature', `${said}.`],
    ['a cut signature', token.slice(0, -1)],
    ['a longer signature', `${token}A`],
    ['another last letter of the signature, which decodes to the same bytes', `${said}.${sibling(mac)}`],
    ['parts moved over their borders', token.replace('vid_1.key_1', 'vid_1key_1.')],
    ['upper case', token.toUpperCase()],
    ['a signature by the secret itself', uploadToken(grant, Buffer.from(secret))],
    ['a signature by another secret', uploadToken(grant, signingKey(`${secret}.`, 'upload-token'))],
    ['a signature for another purpose', uploadToken(grant, signingKey(secret, 'playback'))],
    ['a playback token', `up_${playbackToken('vid_1', expiresAt, key)}`],
    ['a thousand letters', `up_${'a'.repeat(1_000)}`],
    ['nothing', 'up_'],
  ])('%s', (_, text) => {
    expect(isUploadToken(text) || text.startsWith('UP_')).toBe(true);
    expect(() => read(text)).toThrow(/^UNAUTHENTICATED: The upload token was not made by this server/);
  });
});

/** base64url: the last of 43 letters has two bits that mean nothing. */
function sibling(text: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const other = `${text.slice(0, -1)}${letters[letters.indexOf(text.at(-1) ?? '') ^ 1]}`;
  expect(Buffer.from(other, 'base64url')).toEqual(Buffer.from(text, 'base64url'));
  return other;
}
