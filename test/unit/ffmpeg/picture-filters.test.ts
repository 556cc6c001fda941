import { describe, expect, test } from 'vitest';
import { beforeCut, keptFrames, opaque, pictureInputArgs, upright } from '../../../src/ffmpeg/picture-filters.ts';
import { parseDecodedShape, withoutChatter } from '../../../src/ffmpeg/picture-sizes.ts';
import { quoteFilterValue } from '../../../src/ffmpeg/quote-filter-value.ts';
import { pictureOf } from '../../support/picture-of.ts';

const timeBase = { numerator: 1_001, denominator: 30_000 };
const target = {
  width: 640,
  height: 360,
  pixelFormat: 'yuv420p',
  colour: { matrix: 'bt709', range: 'limited' },
} as const;
const colour = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', range: 'limited' } as const;

describe('filters of a picture', () => {
  test('two fields are made one picture before the cut, in the source’s own ticks', () => {
    expect(beforeCut(pictureOf({ scan: 'bff' }), { timeBase, fit: false })).toEqual([
      'bwdif=mode=send_frame:parity=bff:deint=all',
      'settb=1001/30000',
    ]);
    expect(beforeCut(pictureOf(), { timeBase, fit: false })).toEqual([]);
  });

  test('only the fitting filters bear a picture of another size, so they come first, and the graph stays', () => {
    const picture = pictureOf({ scan: 'tff' });
    const [first, second] = beforeCut(picture, { timeBase, fit: true });
    expect(first).toMatch(/^scale=.*eval=frame/);
    expect(second).toMatch(/^pad=1280:720:/);
    expect(pictureInputArgs(picture, { fit: true })).toEqual(['-noautorotate', '-reinit_filter', '0']);
  });

  test('the cap of the frame rate counts intervals in whole numbers', () => {
    const picture = pictureOf({ frameRate: 1_000 });
    expect(keptFrames(picture, { numerator: 1, denominator: 90_000 })).toEqual([
      "select='isnan(prev_selected_pts)+gt(floor(pts*1/375),floor(prev_selected_pts*1/375))'",
    ]);
    expect(keptFrames(pictureOf(), timeBase)).toEqual([]);
  });

  test('a picture that lies on its side is scaled before it is turned', () => {
    const filters = upright(pictureOf({ rotation: 90, mirrored: true }), target, undefined);
    expect(filters[0]).toMatch(/^scale=360:640:/);
    expect(filters.slice(1)).toEqual(['format=yuv420p', 'hflip', 'transpose=clock', 'setsar=1']);
  });

  test('what is over black is BT.709 from there on', () => {
    const picture = pictureOf({ alpha: true, colour: { ...colour, matrix: 'gbr', range: 'full' } });
    expect(opaque(picture)[0]).not.toContain('in_color_matrix');
    expect(upright(picture, target, undefined)[0]).toContain('in_color_matrix=bt709:in_range=tv');
  });

  test('a map of colours without its file is refused', () => {
    const picture = pictureOf({ colour: { ...colour, primaries: 'bt2020' } });
    expect(() => upright(picture, target, undefined)).toThrow(RangeError);
    expect(upright(picture, target, "/a:b's/x,y.cube").join()).toContain("lut3d=file=/a\\\\:b\\\\\\'s/x\\,y.cube:");
  });
});

test.each([
  ['/plain/path.cube', '/plain/path.cube'],
  ['C:\\x', 'C\\\\:\\\\\\\\x'],
])('%s is quoted for a graph of filters', (value, quoted) => {
  expect(quoteFilterValue(value)).toBe(quoted);
});

describe('the log at its chattiest', () => {
  test.each<[string, object | null]>([
    [
      '[graph 0 input from stream 0:0 @ 0x5] [verbose] w:128 h:72 pixfmt:yuv420p tb:1/12800',
      { width: 128, height: 72, pixelFormat: 'yuv420p' },
    ],
    ['[Parsed_pad_1 @ 0x5] [verbose] w:96 h:72 -> w:128 h:72 x:16 y:0', null],
    ['[graph 0 input from stream 0:0 @ 0x5] [info] filter context - w: 128 h: 72 fmt: 0', null],
  ])('%s', (line, size) => {
    expect(parseDecodedShape(line)).toEqual(size);
  });

  test.each<[string, string | null]>([
    ['[h264 @ 0x5] [verbose] Reinit context to 128x80', null],
    ['[info]   built with gcc', null],
    ['[h264 @ 0x5] [error] no frame!', '[h264 @ 0x5] no frame!'],
    ['[error] Conversion failed!', 'Conversion failed!'],
    ['a line without a level', 'a line without a level'],
  ])('of %s is kept %s', (line, kept) => {
    expect(withoutChatter(line)).toBe(kept);
  });
});
