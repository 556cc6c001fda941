import { expect, test } from 'vitest';
import { lastWords, shellQuoted, withoutPaths } from '../../../src/process/process-words.ts';

test('a command is ready to paste', () => {
  expect(shellQuoted(['ffmpeg', '-i', "it's.mp4", '-vf', 'scale=1:2,x', ''])).toBe(
    `ffmpeg -i 'it'\\''s.mp4' -vf scale=1:2,x ''`,
  );
});

test.each([
  ['file:/var/tmp/job/source.mp4: moov atom not found', [], 'source.mp4: moov atom not found'],
  ['cannot open /srv/my videos/a.mp4!', ['/srv/my videos/a.mp4'], 'cannot open a.mp4!'],
  ['Invalid data at 3/4 of a/b', [], 'Invalid data at 3/4 of a/b'],
  ['Cannot open /srv/my videos/job 1/a b.mp4', ['in=/srv/my videos/job 1/a b.mp4,stream=audio'], 'Cannot open a b.mp4'],
  ['no space in /srv/my videos/job 1/seg-1.m4s', ['/srv/my videos/job 1'], 'no space in seg-1.m4s'],
  ['file:/srv/my videos/a.mp4: broken', ['-i', 'file:/srv/my videos/a.mp4'], 'a.mp4: broken'],
])('no folder of the machine is told: %s', (text, paths, told) => {
  expect(withoutPaths(text, paths)).toBe(told);
});

test('of a long log the last three lines are told, and no control characters', () => {
  expect(lastWords('one\ntwo\n\nthree\x1b[31m\nfour\n', [])).toBe('two | three [31m | four');
  expect(lastWords('x'.repeat(5_000), []).length).toBe(400);
});

test('words that a file has put into a log cannot act on a terminal, turn round, or end in half a character', () => {
  expect(lastWords('title: \u202egpj\u001b]0;x\u0007\u2028y\u009b2J\0z\n', [])).toBe('title: gpj ]0;x y 2J z');
  expect(lastWords(`${'🎬'.repeat(500)}\n`, [])).toBe('🎬'.repeat(400));
  expect(lastWords(`error: ${'A'.repeat(10_000_000)}\n`, []).length).toBeLessThanOrEqual(400);
});

test('the same words on every run: without places in memory', () => {
  expect(lastWords('[ogg @ 0x557b999a0200] broken page\n[h264 @ 0000018d2c0] no frame!', [])).toBe(
    '[ogg] broken page | [h264] no frame!',
  );
});
