import { describe, expect, test } from 'vitest';
import { planPicture } from '../../../src/plan/picture.ts';
import type { ProbedVideo } from '../../../src/plan/probe.ts';
import { probeOf } from '../../support/plan-inputs.ts';

const policy = { maxFrameRate: 240 };
const planOf = (found: Partial<ProbedVideo>) => {
  const { video } = probeOf({ video: found });
  if (!video) throw new Error('the probe has a picture');
  return planPicture(video, policy);
};
const colour = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', range: 'limited' } as const;
const hdr = { ...colour, primaries: 'bt2020', transfer: 'smpte2084', matrix: 'bt2020nc' };

describe('what the report says of pictures', () => {
  test.each<[string, Partial<ProbedVideo>, string[]]>([
    ['nothing of usual ones', {}, []],
    ['turned', { rotation: 90, width: 720, height: 1280 }, ['rotated']],
    ['mirrored', { mirrored: true }, ['mirrored']],
    ['mirrored and turned', { mirrored: true, rotation: 180 }, ['mirrored', 'rotated']],
    ['two fields', { scan: 'bff' }, ['deinterlaced']],
    [
      'pixels that are not square',
      { codedWidth: 1440, codedHeight: 1080, width: 1920, height: 1080 },
      ['square_pixels'],
    ],
    [
      'pixels that are not square, turned',
      { codedWidth: 1440, codedHeight: 1080, rotation: 270, width: 1080, height: 1920 },
      ['rotated', 'square_pixels'],
    ],
    ['portrait with square pixels', { rotation: 270, width: 720, height: 1280 }, ['rotated']],
    ['alpha', { alpha: true, pixelFormat: 'yuva420p' }, ['alpha_flattened']],
    [
      'HDR',
      { colour: hdr, hdr: { transfer: 'pq', peakNits: 1000 }, pixelFormat: 'yuv420p10le' },
      ['tone_mapped', 'reduced_to_8_bit_420'],
    ],
    ['a wide gamut', { colour: { ...colour, primaries: 'smpte432' } }, ['colour_converted']],
    [
      'RGB',
      { colour: { ...colour, matrix: 'gbr', range: 'full' }, pixelFormat: 'gbrp' },
      ['colour_converted', 'reduced_to_8_bit_420'],
    ],
    ['full range', { colour: { ...colour, range: 'full' }, pixelFormat: 'yuvj420p' }, ['colour_converted']],
    [
      'BT.601 alone is nothing worth saying',
      { colour: { ...colour, primaries: 'smpte170m', matrix: 'smpte170m' } },
      [],
    ],
    ['4:2:2', { pixelFormat: 'yuv422p' }, ['reduced_to_8_bit_420']],
    ['4:4:4 of 12 bits', { pixelFormat: 'yuv444p12le' }, ['reduced_to_8_bit_420']],
    ['P010', { pixelFormat: 'p010le' }, ['reduced_to_8_bit_420']],
    ['grey of 10 bits', { pixelFormat: 'gray10le' }, ['reduced_to_8_bit_420']],
    ['grey', { pixelFormat: 'gray' }, []],
    ['NV12', { pixelFormat: 'nv12' }, []],
    ['4:1:1', { pixelFormat: 'yuv411p' }, []],
    ['too many frames', { frameRate: 1000 }, ['frame_rate_capped']],
    ['a rate that is rounded', { frameRate: 240.2 }, []],
  ])('%s', (_, found, codes) => {
    const { warnings } = planOf(found);
    expect(warnings.map(({ code }) => code)).toEqual(codes);
    for (const { detail } of warnings) expect(detail).toMatch(/\.$/);
  });
});

describe('colours', () => {
  test.each<[string, Partial<ProbedVideo['colour']>, object | null, object]>([
    ['BT.709', {}, null, {}],
    ['NTSC', { primaries: 'smpte170m', transfer: 'smpte170m' }, null, { primaries: 'smpte170m' }],
    ['PAL, by its curve of 1970', { primaries: 'bt470bg', transfer: 'bt470bg' }, null, { primaries: 'bt470bg' }],
    ['sRGB keeps its curve', { transfer: 'iec61966-2-1' }, null, { transfer: 'iec61966-2-1' }],
    ['BT.2020 without HDR', { primaries: 'bt2020', transfer: 'bt2020-10' }, { kind: 'gamut', primaries: 'bt2020' }, {}],
    ['Display P3', { primaries: 'smpte432' }, { kind: 'gamut', primaries: 'smpte432', transfer: 'bt709' }, {}],
    ['linear light', { transfer: 'linear' }, { kind: 'gamut', primaries: 'bt709', transfer: 'linear' }, {}],
  ])('%s', (_, found, colourMap, output) => {
    const { picture } = planOf({ colour: { ...colour, ...found } });
    if (colourMap) expect(picture.colourMap).toMatchObject(colourMap);
    else expect(picture.colourMap).toBeNull();
    expect(picture.output).toEqual({ ...colour, ...output });
  });

  test('HDR is mapped from its primaries and its peak, and ends as BT.709', () => {
    const { picture } = planOf({ colour: hdr, hdr: { transfer: 'pq', peakNits: 4000 } });
    expect(picture.colourMap).toEqual({ kind: 'pq', primaries: 'bt2020', peakNits: 4000, version: 1 });
    expect(picture.output).toEqual(colour);
  });
});

test.each([
  ['vp9', 'libvpx-vp9'],
  ['vp8', 'libvpx'],
  ['prores', null],
])('transparency of %s is decoded by %s', (codec, decoder) => {
  expect(planOf({ codec, alpha: true }).picture.decoder).toBe(decoder);
  expect(planOf({ codec, alpha: false }).picture.decoder).toBeNull();
});
