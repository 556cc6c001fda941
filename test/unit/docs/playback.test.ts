import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { signingKey } from '../../../src/api/access/signing-key.ts';
import { playbackToken } from '../../../src/api/media/playback-token.ts';

test('docs/playback.md tells a CDN how to check a token by itself', () => {
  const secret = 'a secret of thirty-two characters!';
  const [, line = ''] = /^(node -e .*)$/m.exec(readFileSync('docs/playback.md', 'utf8')) ?? [];
  const key = execFileSync('/bin/sh', ['-c', line], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, REELMILL_SECRET: secret },
  }).trim();
  const expires = new Date('2026-03-01T10:30:00Z');
  const mac = createHmac('sha256', Buffer.from(key, 'hex')).update('vid_1\n1772361000').digest('base64url');
  expect(playbackToken('vid_1', expires, signingKey(secret, 'playback'))).toBe(`~1772361000.${mac}`);
});
