import { expect, test } from 'vitest';
import { countDamagedPictures } from '../../../src/ffmpeg/damaged-pictures.ts';

const countOf = (...lines: string[]) => {
  const damaged = countDamagedPictures();
  for (const line of lines) damaged.onLogLine(line);
  return damaged.count();
};
const concealed = '[h264 @ 0x55] [info] concealing 120 DC, 120 AC, 120 MV errors in P frame';
const marked = '[warning] file:/s/original.mp4: corrupt decoded frame in stream 0';

test.each<[string, string[], number]>([
  ['a whole source', ['[graph 0 input @ 0x1] [verbose] w:64 h:36 pixfmt:yuv420p'], 0],
  [
    'a decoder that fills what it could not read',
    [concealed, '[h264 @ 0x55] [error] error while decoding MB 3 4', concealed],
    2,
  ],
  ['pictures that ffmpeg marks', [marked, marked, marked], 3],
  ['a picture that is told of in both ways is one', [concealed, marked], 1],
])('%s', (_, lines, count) => expect(countOf(...lines)).toBe(count));
