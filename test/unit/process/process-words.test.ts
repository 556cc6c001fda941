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
])('no folder of the machine is told: %s', (text, paths, told) => {
  expect(withoutPaths(text, paths)).toBe(told);
});

test('of a long log the last three lines are told, and no control characters', () => {
  expect(lastWords('one\ntwo\n\nthree\x1b[31m\nfour\n', [])).toBe('two | three [31m | four');
  expect(lastWords('x'.repeat(5_000), []).length).toBe(400);
});
