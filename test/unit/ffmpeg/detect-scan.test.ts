import { expect, test } from 'vitest';
import { headerScan, judgeScan, mustLook, type Scan, type SeenFields } from '../../../src/ffmpeg/detect-scan.ts';
import { parseIdet } from '../../../src/ffmpeg/idet.ts';
import { lookedSpans } from '../../../src/ffmpeg/looked-spans.ts';

const none = { tff: 0, bff: 0, progressive: 0 };
const counts = (tff: number, bff: number, progressive: number) => ({ tff, bff, progressive });
const seen = (more: Partial<SeenFields>): SeenFields => ({
  ...{ sure: none, likely: none, combed: 0, repeated: 0 },
  ...more,
});

/** The numbers are what `idet` counted of real clips, or near to it. */
test.each<[string, Scan | null, Partial<SeenFields>, Scan]>([
  ['TFF of a camera, nothing told', null, { sure: counts(300, 0, 0), combed: 234, repeated: 5 }, 'tff'],
  ['BFF of a DV tape, nothing told', null, { sure: counts(0, 75, 0), combed: 75 }, 'bff'],
  ['MBAFF', 'tff', { sure: counts(149, 0, 0), combed: 134 }, 'tff'],
  ['told the wrong way round', 'tff', { sure: counts(0, 149, 0), combed: 136 }, 'bff'],
  ['whole pictures in a flagged stream (PsF)', 'tff', { sure: counts(0, 0, 149) }, 'progressive'],
  ['whole pictures, nothing told', null, { sure: counts(0, 0, 298), likely: counts(90, 2, 6) }, 'progressive'],
  ['a flagged stream that is combed in a third', 'tff', { sure: counts(100, 0, 200), combed: 80 }, 'tff'],
  ['an unflagged one that is combed in a tenth', null, { sure: counts(30, 0, 270), combed: 20 }, 'progressive'],
  ['a flagged one that is combed in a tenth', 'bff', { sure: counts(0, 30, 270), combed: 20 }, 'progressive'],
  ['drawings that look combed both ways', null, { sure: counts(51, 45, 5), combed: 90 }, 'progressive'],
  ['both ways in a flagged stream', 'bff', { sure: counts(60, 40, 0), combed: 90 }, 'bff'],
  ['small drawings in fields, flagged', 'tff', { sure: none, likely: counts(74, 0, 0) }, 'tff'],
  ['small drawings in whole pictures, flagged', 'tff', { sure: none, likely: counts(37, 28, 0) }, 'progressive'],
  ['small drawings, nothing told', null, { sure: none, likely: counts(10, 0, 0) }, 'progressive'],
  ['a stream that stands still, flagged', 'bff', { sure: counts(0, 0, 1) }, 'bff'],
  ['a stream that stands still', null, { sure: counts(1, 0, 1) }, 'progressive'],
  ['nothing decoded', 'tff', {}, 'tff'],
])('%s', (_, header, counted, scan) => {
  expect(judgeScan(header, seen(counted))).toEqual({ scan, telecine: false });
});

test.each<[string, Scan | null, Partial<SeenFields>]>([
  ['of a cartoon', 'tff', { sure: counts(292, 0, 5), combed: 222, repeated: 119 }],
  ['of a test card', 'tff', { sure: counts(239, 0, 0), combed: 138, repeated: 96 }],
  ['in an unflagged file', null, { sure: counts(239, 0, 0), combed: 138, repeated: 96 }],
])('hard telecine %s stays as it is', (_, header, counted) => {
  expect(judgeScan(header, seen(counted))).toEqual({ scan: 'progressive', telecine: true });
});

const picture = { width: 64, height: 36, pix_fmt: 'yuv420p', side_data_list: [] };

test.each<[string, { interlaced_frame: number; top_field_first: number } | null, Scan | null]>([
  ['progressive', null, 'progressive'],
  ['tt', null, 'tff'],
  ['bb', null, 'bff'],
  ['tb', null, 'bff'],
  ['bt', null, 'tff'],
  ['unknown', null, null],
  ['unknown', { interlaced_frame: 0, top_field_first: 0 }, null],
  ['unknown', { interlaced_frame: 1, top_field_first: 0 }, 'bff'],
  ['progressive', { interlaced_frame: 1, top_field_first: 1 }, 'tff'],
  ['tt', { interlaced_frame: 1, top_field_first: 0 }, 'tff'],
])('a header that says %s, of a picture %j', (told, flags, scan) => {
  expect(headerScan(told, flags && { ...picture, ...flags })).toBe(scan);
});

test('pictures are looked at only where the header leaves it open', () => {
  expect(mustLook('h264', 'progressive')).toBe(false);
  expect(mustLook('h264', 'tff')).toBe(true);
  expect(mustLook('mjpeg', null)).toBe(true);
  expect(mustLook('vp9', null)).toBe(false);
  expect(mustLook('hevc', 'tff')).toBe(true);
});

test('a short clip is looked at whole, a long one in three places, a large one less', () => {
  const hd = { width: 1920, height: 1080 };
  expect(lookedSpans({ pictures: 300, seconds: 12, ...hd })).toEqual([{ seconds: null, pictures: 300 }]);
  expect(lookedSpans({ pictures: 9_000, seconds: 300, ...hd })).toEqual([
    { seconds: null, pictures: 100 },
    { seconds: 100, pictures: 100 },
    { seconds: 200, pictures: 100 },
  ]);
  const large = lookedSpans({ pictures: 9_000, seconds: 300, width: 7680, height: 4320 });
  expect(large.map(({ pictures }) => pictures)).toEqual([30, 30, 30]);
});

const log = `Stream mapping:
[Parsed_idet_0 @ 0x55] Repeated Fields: Neither:     0 Top:     0 Bottom:     0
[Parsed_idet_0 @ 0x55] Single frame detection: TFF:     0 BFF:     0 Progressive:     0 Undetermined:     0
[Parsed_idet_0 @ 0x55] Multi frame detection: TFF:     0 BFF:     0 Progressive:     0 Undetermined:     0
frame=  100 fps=0.0 q=-0.0 Lsize=N/A time=00:00:04.00 bitrate=N/A speed=  20x
[Parsed_idet_0 @ 0x66] Repeated Fields: Neither:    61 Top:    20 Bottom:    19
[Parsed_idet_0 @ 0x66] Single frame detection: TFF:    88 BFF:     9 Progressive:     2 Undetermined:     2
[Parsed_idet_0 @ 0x66] Multi frame detection: TFF:   101 BFF:     3 Progressive:     4 Undetermined:     0
[Parsed_idet_1 @ 0x77] Repeated Fields: Neither:    61 Top:    20 Bottom:    19
[Parsed_idet_1 @ 0x77] Single frame detection: TFF:    90 BFF:    11 Progressive:     3 Undetermined:     2
[Parsed_idet_1 @ 0x77] Multi frame detection: TFF:   101 BFF:     3 Progressive:     4 Undetermined:     0
`;

test('the last counts of each log are summed', () => {
  expect(parseIdet([log, log])).toEqual({
    ...{ sure: counts(202, 6, 8), likely: counts(180, 22, 6) },
    ...{ combed: 194, repeated: 78 },
  });
  expect(parseIdet(['nothing to see'])).toEqual(seen({}));
});
