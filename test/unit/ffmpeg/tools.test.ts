import { expect, test } from 'vitest';
import { CatalogueError } from '../../../src/errors/catalogue-error.ts';
import { parseProgress } from '../../../src/ffmpeg/parse-progress.ts';
import { parseVersion } from '../../../src/ffmpeg/parse-version.ts';
import { endsEarly, inputError } from '../../../src/ffmpeg/probe-failure.ts';
import { remuxContainer } from '../../../src/ffmpeg/remux-args.ts';

test.each([
  ['ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000-2026 the FFmpeg developers\nbuilt with', '5.1.9-0+deb12u1'],
  ['ffprobe version 5.1.9 Copyright (c) 2007-2026 the', '5.1.9'],
  [
    'ffmpeg version N-47683-g0e8eb07980-static https://johnvansickle.com/ffmpeg/  Copyright (c) 2000-2018 the FFmpeg',
    'N-47683-g0e8eb07980-static (2018)',
  ],
  ['bash: ffmpeg: command not found', null],
  ['', null],
])('the version of %j', (output, version) => {
  expect(parseVersion(output)).toBe(version);
});

test.each([
  ['frame=50', { frames: 50 }],
  ['frame=   7', { frames: 7 }],
  ['out_time_us=1880078', { seconds: 1.880078 }],
  ['out_time_ms=1880078', { seconds: 1.880078 }],
  ['out_time_ms=N/A', null],
  ['out_time_ms=-23000', null],
  ['total_size=4461', { bytes: 4461 }],
  ['total_size=N/A', null],
  ['speed= 338x', null],
  ['progress=end', null],
])('progress: %s', (line, progress) => {
  expect(parseProgress(line)).toEqual(progress);
});

const failed = (words: string, exitCode: number | null = 1) =>
  new CatalogueError('PROCESS_FAILED', 'ffprobe failed', { facts: { tool: 'ffprobe', exitCode, words } });

test.each([
  ['moov atom not found | Invalid data found when processing input', 1, 'INPUT_TRUNCATED'],
  ['EBML header parsing failed', 1, 'INPUT_DAMAGED'],
  ['', 1, 'INPUT_DAMAGED'],
  ['source.mp4: No such file or directory', 1, 'PROCESS_FAILED'],
  ['Cannot allocate memory', 1, 'PROCESS_FAILED'],
  ['failed to execute ffprobe', 127, 'PROCESS_FAILED'],
  ['', null, 'PROCESS_FAILED'],
])('a failed ffprobe, %j with exit code %s, is %s', (words, exitCode, code) => {
  expect(inputError(failed(words, exitCode))).toMatchObject({ code });
});

test('an abort and a stall are not the fault of the file', () => {
  const [abort, stall] = [new Error('cancelled'), new CatalogueError('PROCESS_STALLED', 'no progress')];
  expect(inputError(abort)).toBe(abort);
  expect(inputError(stall)).toBe(stall);
});

test.each([
  ['[mov @ 0x1] stream 0, offset 0x30: partial file', true],
  ['[matroska @ 0x1] File ended prematurely at pos. 88 (0x58)', true],
  ['', false],
])('a file that ends early: %j', (log, early) => {
  expect(endsEarly(log)).toBe(early);
});

test.each([
  ['h264', 'mp4'],
  ['mpeg2video', 'mp4'],
  ['prores', 'mov'],
  ['dnxhd', 'mov'],
  ['flv1', 'mkv'],
  ['theora', 'mkv'],
])('%s is remuxed to %s', (codec, extension) => {
  const name = { mp4: 'MP4', mov: 'MOV', mkv: 'Matroska' }[extension];
  expect(remuxContainer(codec)).toMatchObject({ extension, name });
});
