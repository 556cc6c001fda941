import { expect, test } from 'vitest';
import { CatalogueError } from '../../../src/errors/catalogue-error.ts';
import { copyError, inputError, plainWords } from '../../../src/ffmpeg/probe-failure.ts';

const failed = (code: 'PROCESS_FAILED' | 'PROCESS_LIMIT' | 'PROCESS_KILLED', words: string, exitCode = 1) =>
  new CatalogueError(code, 'ffprobe ended', { facts: { tool: 'ffprobe', exitCode, words } });

const absurd = '[mov,mp4] error reading header | original.mp4: Cannot allocate memory';

test.each([
  ['a table that asks for all memory, and is refused it', failed('PROCESS_LIMIT', absurd), 'INPUT_DAMAGED'],
  ['the same without limits', failed('PROCESS_KILLED', absurd), 'INPUT_DAMAGED'],
  ['no contents', failed('PROCESS_FAILED', 'moov atom not found'), 'INPUT_TRUNCATED'],
  ['more streams than ffmpeg takes', failed('PROCESS_FAILED', 'exceeds max_streams'), 'INPUT_TOO_MANY_STREAMS'],
  ['what cannot be read', failed('PROCESS_FAILED', 'Invalid data found'), 'INPUT_DAMAGED'],
  ['a machine without memory', failed('PROCESS_KILLED', 'decoding: Cannot allocate memory'), 'PROCESS_KILLED'],
  ['a tool that was not started', failed('PROCESS_FAILED', '', 127), 'PROCESS_FAILED'],
  ['a disk that fails', failed('PROCESS_FAILED', 'original.mp4: Input/output error'), 'PROCESS_FAILED'],
])('a failed ffprobe says what the file is: %s', (_, error, code) => {
  expect(inputError(error)).toMatchObject({ code });
});

test.each([
  ['sound without anything in it', 'Cannot determine format of input stream 0:2 after EOF', 'INPUT_DAMAGED'],
  ['packets that are none', 'av_interleaved_write_frame(): Invalid data found', 'INPUT_DAMAGED'],
  ['times that no container takes', '[mp4] pts/dts pair unsupported', 'INPUT_DAMAGED'],
  ['a full disk', 'av_interleaved_write_frame(): No space left on device', 'PROCESS_FAILED'],
])('a failed copy says what the file is: %s', (_, words, code) => {
  expect(copyError(failed('PROCESS_FAILED', words))).toMatchObject({ code });
});

test.each([
  [
    'who says it, and of what file',
    '[matroska,webm @ 0x557b999a0200] EBML header parsing failed | original.mkv: Invalid data found when processing input',
    'EBML header parsing failed; Invalid data found when processing input',
  ],
  [
    'what was said before',
    '[mov @ 0x55a] error reading header | [mov @ 0x55b] error reading header | Last message repeated 3 times',
    'error reading header',
  ],
  ['a name that is cut at its beginning', 'ov,mp4,m4a @ 0x557b999a0200] moov is broken.', 'moov is broken'],
  ['two names', '[in#0 @ 0x55a1b2c3d] [h264 @ 0x55a] no frame! | source.mp4: End of file', 'no frame!; End of file'],
  ['a place in memory', '[ogg] broken page | a [vos#0:1] b', 'broken page; a [vos#0:1] b'],
  ['nothing is left', '[ogg @ 0x55a1b2c3d]', ''],
])('the words of a tool are plain text: without %s', (_, words, plain) => {
  expect(plainWords(words)).toBe(plain);
  const error = inputError(failed('PROCESS_FAILED', words));
  expect(error).toMatchObject({ detail: plain ? `The file cannot be read: ${plain}.` : 'The file cannot be read.' });
});

test('a container that begins in the middle is said to', () => {
  const words = '[ogg @ 0x557b999a0200] Cannot identify new stream | original.ogv: Invalid data found';
  expect(inputError(failed('PROCESS_FAILED', words))).toMatchObject({
    code: 'INPUT_DAMAGED',
    detail: expect.stringMatching(/^The file begins in the middle: [^@|]+\.$/),
  });
});
