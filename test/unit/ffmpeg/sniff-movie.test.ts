import { describe, expect, test } from 'vitest';
import { sniffSource } from '../../../src/ffmpeg/sniff-source.ts';
import { byteSource, bytesOf } from '../../support/byte-source.ts';
import { box, fullBox, join, u32 } from '../../support/mp4-boxes.ts';
import { expectRefusal, filled, look, refuse, zeros } from '../../support/sniffed.ts';

const ftyp = box('ftyp', bytesOf('isom\0\0\x02\0isomiso2'));
/** A box that says more (or less) than it holds. */
const lying = (type: string, size: number, body: Uint8Array = zeros(0)) => join(u32(size), bytesOf(type), body);
const large = (type: string, high: number, low: number, body = zeros(0)) =>
  join(u32(1), bytesOf(type), u32(high, low), body);

const hdlr = (kind: string) => fullBox('hdlr', 0, 0, u32(0), bytesOf(kind), zeros(13));
const dref = (...entries: Uint8Array[]) => fullBox('dref', 0, 0, u32(entries.length), ...entries);
const own = fullBox('url ', 0, 1);
const track = (references = dref(own), kind = 'vide') =>
  box(
    'trak',
    fullBox('tkhd', 0, 3, zeros(80)),
    box('mdia', hdlr(kind), box('minf', hdlr('url '), box('dinf', references))),
  );
const moov = (...boxes: Uint8Array[]) => box('moov', fullBox('mvhd', 0, 0, zeros(96)), ...boxes);
const movie = moov(track());
const mdat = box('mdat', filled(5_000));

describe('a movie of boxes is opened', () => {
  test.each<[string, Uint8Array]>([
    ['moov first', join(ftyp, movie, mdat)],
    ['moov last', join(ftyp, mdat, movie)],
    [
      'boxes of no account first',
      join(box('free'), box('wide'), box('skip', zeros(9)), box('uuid', zeros(16)), movie, mdat),
    ],
    ['lengths of 64 bits', join(ftyp, large('mdat', 0, 5_016, filled(5_000)), movie)],
    ['data up to the end', join(ftyp, movie, lying('mdat', 0, filled(5_000)))],
    ['an archive behind it', join(ftyp, movie, mdat, bytesOf('PK\x03\x04'), filled(400))],
    ['a page behind it', join(ftyp, movie, mdat, bytesOf('<html><script>alert(1)</script></html>'))],
    [
      'a page of XMP first',
      join(box('uuid', bytesOf(`0123456789abcdef<x:xmpmeta>${' '.repeat(90_000)}`)), movie, mdat),
    ],
    ['a box filled with text first', join(box('free', bytesOf('take one\n'.repeat(9_000))), ftyp, movie, mdat)],
    ['a box filled with a playlist first', join(box('free', bytesOf('\n#EXTM3U\n'.repeat(9))), ftyp, movie, mdat)],
    ['the length of a first box like raw video', join(box('free', zeros(0x1b3 - 8)), movie, mdat)],
    ['the length of a first box like a program stream', join(box('wide', zeros(0x1ba - 8)), movie, mdat)],
    ...['udta', 'meta', 'junk', 'prfl', 'PICT', 'abcd', '\0\x01\x02\x03'].map(
      (type) =>
        [`${type.replace(/^\0.*/, 'no name')} first`, join(box(type, filled(300)), movie, mdat)] satisfies [
          string,
          Uint8Array,
        ],
    ),
    ['a box of no name on the way', join(ftyp, box('\xde\xad\xbe\xef', filled(90)), mdat, movie)],
    ['boxes of no name on the way', join(ftyp, box('\xde\xad\xbe\xef', filled(90)), box('\0\0\0\0'), mdat, movie)],
    ['fragments', join(ftyp, movie, box('moof'), box('mdat'), box('moof'), box('mdat'))],
  ])('%s', async (_, bytes) => {
    expect(await look(bytes)).toEqual({ demuxer: 'mov', short: null });
  });

  test('cut in its data, with what is there', async () => {
    const bytes = join(ftyp, movie, lying('mdat', 12_345_678, filled(6_000)));
    expect((await look(bytes)).short?.words).toBe('the box mdat wants 12,345,678 bytes, of which 6,008 are there');
    const absurd = await look(join(ftyp, movie, large('mdat', 0x7fffffff, 0xffffffff, filled(100))));
    expect(absurd.short?.words).toMatch(
      /the box mdat wants 9,223,372,036,854,77\d,\d{3} bytes, of which 116 are there/,
    );
  });

  test('with zeros at its end, which is told', async () => {
    const { short } = await look(join(ftyp, movie, lying('mdat', 200_008, filled(20_000))), {
      size: 200_000 + 8 + ftyp.length + movie.length,
    });
    expect(short?.words).toMatch(/zeros/);
  });

  test('within a few reads, however large it is', async () => {
    const size = 50 * 2 ** 30;
    const head = join(ftyp, large('mdat', 12, size - 12 * 2 ** 32 - ftyp.length - movie.length));
    const source = byteSource(head, { size, end: movie });
    expect(await sniffSource(source, refuse)).toEqual({ demuxer: 'mov', short: null });
    expect(source.reads).toEqual([
      [0, 65_536],
      [size - 65_536, size],
    ]);
  });

  test('and a small one in one read', async () => {
    const source = byteSource(join(ftyp, movie, mdat));
    await sniffSource(source, refuse);
    expect(source.reads).toHaveLength(1);
  });

  test('after 64 more reads at most: then the probe decides', async () => {
    // Every box leads just beyond what was read.
    const chain = Array.from({ length: 200 }, () => box('free', zeros(8_000)));
    const source = byteSource(join(ftyp, ...chain, filled(100)));
    expect(await sniffSource(source, refuse)).toEqual({ demuxer: 'mov', short: null });
    expect(source.reads).toHaveLength(66);
    expect(source.reads.slice(2).every(([start, end]) => end - start <= 4_096)).toBe(true);
  });
});

describe('a movie without its table of contents is refused', () => {
  test.each([
    ['nothing but its head', ftyp, 'INPUT_TRUNCATED', /moov/],
    [
      'cut in its data',
      join(ftyp, lying('mdat', 12_345_678, filled(6_000))),
      'INPUT_TRUNCATED',
      /moov.* the box mdat wants 12,345,678 bytes, of which 6,008 are there/,
    ],
    ['cut between data and moov', join(ftyp, mdat), 'INPUT_TRUNCATED', /stands at the end.*5,032 bytes/],
    ['never ended by its recorder', join(ftyp, lying('mdat', 0, filled(900))), 'INPUT_TRUNCATED', /moov/],
    ['data without their length', join(ftyp, lying('mdat', 8, filled(900))), 'INPUT_TRUNCATED', /recording stopped/],
    ['one piece of a stream', join(box('styp'), box('sidx'), box('moof'), mdat), 'INPUT_DAMAGED', /piece of a stream/],
    [
      'moov cut in its first track',
      join(ftyp, mdat, movie.slice(0, -40)),
      'INPUT_TRUNCATED',
      /moov\) is cut off: of its \d+ bytes \d+ are there/,
    ],
    ['moov cut before any track', join(ftyp, mdat, movie.slice(0, 60)), 'INPUT_TRUNCATED', /is cut off/],
    ['an absurd length', join(ftyp, lying('mdat', 5), filled(50)), 'INPUT_DAMAGED', /no MP4 any more/],
    [
      'a length of 2^63',
      join(ftyp, large('mdat', 0x80000000, 0)),
      'INPUT_TRUNCATED',
      /9,223,372,036,854,77\d,\d{3} bytes, of which 16/,
    ],
    ['noise behind its head', join(ftyp, filled(3_000)), 'INPUT_DAMAGED', /from byte 24 on/],
    [
      'an archive behind its head',
      join(ftyp, bytesOf('PK\x03\x04'), filled(300)),
      'INPUT_NOT_MEDIA',
      /begins like an MP4 and is a ZIP archive from byte 24 on/,
    ],
    [
      'a still picture',
      join(box('ftyp', bytesOf('isom')), fullBox('meta', 0, 0), box('mdat')),
      'INPUT_NO_VIDEO',
      /HEIF/,
    ],
  ])('%s', (_, bytes, code, detail) => expectRefusal(bytes, code, detail));

  test('a text that only looks like a box stays a text', () =>
    expectRefusal(bytesOf('are free to use'.repeat(99)), 'INPUT_NOT_MEDIA', /plain text/));

  test('a download that was never filled is named', async () => {
    const bytes = join(ftyp, box('mdat', filled(20_000)));
    await expectRefusal(bytes, 'INPUT_TRUNCATED', /empty, from byte 20,032 on.*not finished/, { size: 500_000 });
    await expectRefusal(ftyp, 'INPUT_TRUNCATED', /zeros only/, { size: 500_000 });
    await expectRefusal(zeros(10), 'INPUT_NOT_MEDIA', /never filled/, { size: 500_000 });
  });
});

describe('a movie whose data lie elsewhere is refused', () => {
  const alias = (flags: number) => fullBox('alis', 0, flags, bytesOf('secret.mov'));
  const away = fullBox('url ', 0, 0, bytesOf('http://10.0.0.1/secret.mp4\0'));
  test.each([
    ['by an address', join(ftyp, moov(track(dref(away))), mdat)],
    ['by an alias', join(ftyp, mdat, moov(track(dref(own)), track(dref(alias(0)), 'soun')))],
    ['by a second entry', join(ftyp, moov(track(dref(own, away))), mdat)],
    ['by a list of references', join(ftyp, moov(box('rmra', box('rmda', box('rdrf', zeros(20))))))],
  ])('%s', (_, bytes) => expectRefusal(bytes, 'INPUT_PLAYLIST_REFUSED', /other? file/));

  test.each([
    ['itself, with its name', dref(alias(1))],
    ['an entry that says nothing', dref(fullBox('alis', 0, 0))],
    ['an empty address', dref(fullBox('url ', 0, 0, zeros(1)))],
    ['the tape of its time code', dref(alias(0)), 'tmcd'],
  ])('but not where it names %s', async (_, references, kind = 'vide') => {
    expect((await look(join(ftyp, moov(track(references, kind)), mdat))).demuxer).toBe('mov');
  });

  test('also behind a table of 100 MB', async () => {
    const size = 100_000_000;
    const first = track();
    const table = lying('trak', size - 1_000);
    const second = track(dref(away), 'soun');
    const start = join(ftyp, lying('moov', size - ftyp.length), first, table);
    const at = ftyp.length + 8 + first.length + size - 1_000;
    const source = byteSource(start, { size: at + second.length, end: second });
    await expect(sniffSource(source, refuse)).rejects.toMatchObject({ code: 'INPUT_PLAYLIST_REFUSED' });
    expect(source.reads.length).toBeLessThan(6);
  });

  test('boxes nested 100,000 deep are damage', async () => {
    const deep = new Uint8Array(100_000 * 8);
    const view = new DataView(deep.buffer);
    for (let at = 0; at < deep.length; at += 8) {
      view.setUint32(at, deep.length - at);
      deep.set(bytesOf(at === 0 ? 'moov' : 'trak'), at + 4);
    }
    const source = byteSource(join(ftyp, deep, mdat));
    await expect(sniffSource(source, refuse)).rejects.toMatchObject({
      code: 'INPUT_DAMAGED',
      detail: expect.stringMatching(/nested/),
    });
    expect(source.reads.length).toBeLessThanOrEqual(66);
  });

  test('a table of contents that unpacks without measure is refused', () =>
    expectRefusal(
      join(ftyp, moov(box('cmov', box('dcom', bytesOf('zlib')), box('cmvd', u32(0xf0000000)))), mdat),
      'INPUT_DAMAGED',
      /unpacks/,
    ));
});
