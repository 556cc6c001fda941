import { describe, expect, test } from 'vitest';
import { detectAlpha, isClear } from '../../../src/ffmpeg/detect-alpha.ts';
import { detectHdr, refuseDolbyVision } from '../../../src/ffmpeg/detect-hdr.ts';
import { parseColour, type ToldColour } from '../../../src/ffmpeg/parse-colour.ts';
import { parseStreams } from '../../../src/ffmpeg/parse-streams.ts';

const stream = (more: Partial<ToldColour> = {}): ToldColour => ({
  ...{ codec: 'h264', pixelFormat: 'yuv420p', width: 1920, height: 1080 },
  ...more,
});
const size = (width: number, height: number) => ({ width, height });
const told = (matrix: string, primaries: string, transfer: string) => ({ matrix, primaries, transfer });

test.each<[string, Partial<ToldColour>, string]>([
  ['all told', { ...told('bt709', 'bt709', 'bt709'), range: 'tv' }, 'bt709 bt709 bt709 limited'],
  ['full range', { ...told('bt709', 'bt709', 'bt709'), range: 'pc' }, 'bt709 bt709 bt709 full'],
  ['HDR10', told('bt2020nc', 'bt2020', 'smpte2084'), 'bt2020 smpte2084 bt2020nc limited'],
  ['PQ of BT.709', told('bt709', 'bt709', 'smpte2084'), 'bt709 smpte2084 bt709 limited'],
  ['PQ and no more', { transfer: 'smpte2084' }, 'bt2020 smpte2084 bt2020nc limited'],
  ['HLG and no more', { transfer: 'arib-std-b67', ...size(640, 360) }, 'bt2020 arib-std-b67 bt2020nc limited'],
  ['Display P3 of a phone', told('bt709', 'smpte432', 'bt709'), 'smpte432 bt709 bt709 limited'],
  ['nothing, high definition', {}, 'bt709 bt709 bt709 limited'],
  ['unknown, reserved, a number', told('reserved', 'unknown', '77'), 'bt709 bt709 bt709 limited'],
  ['nothing, 720 lines', size(960, 720), 'bt709 bt709 bt709 limited'],
  ['nothing, 1280 wide', size(1280, 544), 'bt709 bt709 bt709 limited'],
  ['nothing, portrait', size(720, 1280), 'bt709 bt709 bt709 limited'],
  ['nothing, of the web', size(854, 480), 'bt709 bt709 smpte170m limited'],
  ['nothing, tiny', size(64, 36), 'bt709 bt709 smpte170m limited'],
  ['nothing, PAL', size(720, 576), 'bt470bg bt709 bt470bg limited'],
  ['nothing, NTSC', size(720, 480), 'smpte170m bt709 smpte170m limited'],
  ['a matrix alone, PAL', { ...size(704, 576), matrix: 'bt470bg' }, 'bt470bg bt709 bt470bg limited'],
  ['BT.2020 without a curve', told('bt2020nc', 'bt2020', ''), 'bt2020 bt2020-10 bt2020nc limited'],
  [
    'JPEG',
    { codec: 'mjpeg', pixelFormat: 'yuvj422p', matrix: 'bt470bg', ...size(720, 576) },
    'bt709 bt709 bt470bg full',
  ],
  ['JPEG that tells no range', { codec: 'mjpeg', pixelFormat: 'yuv420p' }, 'bt709 bt709 bt709 full'],
  ['yuvj of H.264', { pixelFormat: 'yuvj420p', range: 'tv' }, 'bt709 bt709 bt709 full'],
  ['RGB of a screen', { codec: 'h264', pixelFormat: 'gbrp', matrix: 'gbr' }, 'bt709 bt709 gbr full'],
  ['RGB with a curve', { pixelFormat: 'bgr0', transfer: 'iec61966-2-1', range: 'tv' }, 'bt709 iec61966-2-1 gbr full'],
  ['a palette', { codec: 'qtrle', pixelFormat: 'pal8', ...size(320, 240) }, 'bt709 bt709 gbr full'],
  ['RGB said of YUV', { pixelFormat: 'yuv420p', matrix: 'gbr' }, 'bt709 bt709 bt709 limited'],
])('colours: %s', (_, more, expected) => {
  const { colour, warnings } = parseColour(stream(more));
  expect(`${colour.primaries} ${colour.transfer} ${colour.matrix} ${colour.range}`).toBe(expected);
  expect(warnings.length).toBe(expected.includes('bt2020-10') ? 1 : 0);
});

test.each([
  ['wide colours without a curve', { primaries: 'bt2020', matrix: 'bt2020nc' }],
  ['ten bits of a phone without a word', { codec: 'hevc', pixelFormat: 'yuv420p10le' }],
  ['a size that players take differently', size(1024, 600)],
])('%s are assumed, and that is said', (_, more) => {
  expect(parseColour(stream(more)).warnings.map(({ code }) => code)).toEqual(['colour_assumed']);
});

test.each(['yuv422p10le of h264', 'yuv420p10le of ffv1'])('no word on %s: that is usual', (name) => {
  const [pixelFormat = '', codec = ''] = name.split(' of ');
  expect(parseColour(stream({ pixelFormat, codec })).warnings).toEqual([]);
});

describe('high dynamic range', () => {
  const content = (nits: number) => ({ max_content: nits });
  const display = (nits: number) => ({ max_luminance: `${nits * 10_000}/10000` });
  test.each([
    ['SDR', 'bt709', [content(600)], null],
    ['PQ and no more', 'smpte2084', [], { transfer: 'pq', peakNits: 1_000 }],
    ['the brightest pixel', 'smpte2084', [display(4_000), content(600)], { transfer: 'pq', peakNits: 600 }],
    ['the display', 'smpte2084', [content(0), display(4_000)], { transfer: 'pq', peakNits: 4_000 }],
    ['dark', 'smpte2084', [content(90)], { transfer: 'pq', peakNits: 400 }],
    ['unbelievable', 'smpte2084', [content(65_535)], { transfer: 'pq', peakNits: 10_000 }],
    ['nonsense', 'smpte2084', [{ max_luminance: '1/0' }, {}], { transfer: 'pq', peakNits: 1_000 }],
    ['HLG', 'arib-std-b67', [content(4_000)], { transfer: 'hlg', peakNits: 1_000 }],
  ])('%s', (_, transfer, sideData, expected) => {
    expect(detectHdr(transfer, sideData)).toEqual(expected);
  });
});

const described = (more: object) => {
  const json = { format: { format_name: 'x', nb_streams: 1 }, streams: [{ index: 0, time_base: '1/25', ...more }] };
  const [parsed] = parseStreams(JSON.stringify(json)).streams;
  if (!parsed) throw new Error('one stream');
  return parsed;
};

describe('Dolby Vision', () => {
  const record = (dv_profile: number, dv_bl_signal_compatibility_id: number) =>
    described({
      side_data_list: [{ side_data_type: 'DOVI configuration record', dv_profile, dv_bl_signal_compatibility_id }],
    });
  test.each([
    [5, 0],
    [10, 0],
  ])('profile %i with base layer %i is refused, with what to do', (profile, base) => {
    expect(() => refuseDolbyVision(record(profile, base))).toThrowError(
      expect.objectContaining({ code: 'INPUT_CODEC_UNSUPPORTED', detail: expect.stringMatching(/profile \d.*Export/) }),
    );
  });
  test.each([
    [7, 6],
    [7, 0],
    [8, 1],
    [8, 4],
    [10, 1],
    [4, 2],
  ])('profile %i with base layer %i is shown by its base layer', (profile, base) => {
    expect(() => refuseDolbyVision(record(profile, base))).not.toThrow();
  });
});

test.each([
  ...['yuva420p', 'yuva444p10le', 'rgba', 'bgra', 'argb', 'abgr', 'gbrap', 'gbrap12le', 'rgba64be', 'ya8'].map(
    (name) => [name, true],
  ),
  ...['yuv420p', 'rgb24', 'bgr0', '0rgb', 'gbrp', 'gray', 'pal8', 'yuyv422'].map((name) => [name, false]),
] as [string, boolean][])('alpha of %s: %s', (pixelFormat, alpha) => {
  expect(detectAlpha({ codec: 'ffv1', pixelFormat, tags: {}, alphaUsed: true })).toBe(alpha);
  expect(detectAlpha({ codec: 'ffv1', pixelFormat, tags: {}, alphaUsed: false })).toBe(false);
});

test('alpha of WebM is told by a tag, and by it alone', () => {
  const tags = { alpha_mode: '1' };
  expect(detectAlpha({ codec: 'vp9', pixelFormat: 'yuv420p', tags, alphaUsed: true })).toBe(true);
  expect(detectAlpha({ codec: 'vp9', pixelFormat: 'yuv420p', tags: {}, alphaUsed: true })).toBe(false);
  expect(detectAlpha({ codec: 'h264', pixelFormat: 'yuv420p', tags, alphaUsed: true })).toBe(false);
});

test.each([
  [['pblack:100 x', 'frame:0 pblack:100\nframe:1 pblack:100'], true],
  [['frame:0 pblack:100\nframe:1 pblack:99'], false],
  [['nothing decoded'], false],
  [[], false],
])('what is clear all over: %j', (logs, clear) => {
  expect(isClear(logs)).toBe(clear);
});
