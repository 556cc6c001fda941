import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { sniffSource } from '../../../src/ffmpeg/sniff-source.ts';
import { byteSource, bytesOf } from '../../support/byte-source.ts';
import { box, fullBox, join, u16, u32 } from '../../support/mp4-boxes.ts';

const refuse = { audioOnly: 'refuse' } as const;
const look = (bytes: Uint8Array, more: Parameters<typeof byteSource>[1] = {}) =>
  sniffSource(byteSource(bytes, more), refuse);
const expectRefusal = (bytes: Uint8Array, code: string, detail: RegExp, more: Parameters<typeof byteSource>[1] = {}) =>
  expect(look(bytes, more)).rejects.toMatchObject({ code, detail: expect.stringMatching(detail) });

const ftyp = box('ftyp', bytesOf('isom\0\0\x02\0isomiso2'));
const zeros = (length: number) => new Uint8Array(length);
const filled = (length: number) => new Uint8Array(length).fill(0x95);
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

describe('Matroska', () => {
  const element = (id: number[], body: Uint8Array, size = body.length) =>
    join(
      new Uint8Array(id),
      new Uint8Array([0x08, 0, 0, 0]).map((_, at) =>
        at === 0 ? 0x10 | (size >> 24) : (size >> (8 * (3 - at))) & 0xff,
      ),
      body,
    );
  const header = (docType: string) => element([0x1a, 0x45, 0xdf, 0xa3], element([0x42, 0x82], bytesOf(docType)));
  const segment = (size: number, ...parts: Uint8Array[]) => element([0x18, 0x53, 0x80, 0x67], join(...parts), size);
  const info = element([0x15, 0x49, 0xa9, 0x66], zeros(300));
  const cluster = element([0x1f, 0x43, 0xb6, 0x75], filled(2_000));

  test.each([
    ['matroska', header('matroska')],
    ['webm, filled up', header('webm\0\0')],
    ['no name', element([0x1a, 0x45, 0xdf, 0xa3], zeros(0))],
  ])('%s is opened', async (_, head) => {
    const bytes = join(head, segment(info.length + cluster.length, info, cluster));
    expect(await look(bytes)).toEqual({ demuxer: 'matroska', short: null });
  });

  test('without lengths is opened, and cut short says so', async () => {
    const endless = new Uint8Array([0x18, 0x53, 0x80, 0x67, 0x01, 255, 255, 255, 255, 255, 255, 255]);
    expect((await look(join(header('webm'), endless, info, cluster))).short).toBeNull();
    const cut = await look(join(header('webm'), segment(1_000_000, info, cluster)));
    expect(cut.short?.words).toBe('the segment wants 1,000,000 bytes, of which 2,316 are there');
  });

  test.each([
    ['another kind of EBML', join(header('mkx-9'), segment(0)), 'INPUT_FORMAT_UNSUPPORTED', /“mkx-9”/],
    ['a hostile kind', join(header('<script>\n'), segment(0)), 'INPUT_FORMAT_UNSUPPORTED', /of an unknown type/],
    ['its head alone', header('webm').slice(0, 9), 'INPUT_TRUNCATED', /header/],
    [
      'cut before its first cluster',
      join(header('webm'), segment(1_000_000, info)),
      'INPUT_TRUNCATED',
      /first picture: the segment wants 1,000,000 bytes/,
    ],
    ['nothing in it', join(header('webm'), segment(info.length, info)), 'INPUT_NO_VIDEO', /neither/],
    [
      'chapters of other files alone',
      join(header('matroska'), segment(28, element([0x10, 0x43, 0xa7, 0x70], zeros(20)))),
      'INPUT_PLAYLIST_REFUSED',
      /other files/,
    ],
  ])('%s is refused', (_, bytes, code, detail) => expectRefusal(bytes, code, detail));
});

describe('other containers', () => {
  const le32 = (value: number) => u32(value).reverse();
  const riff = (size: number, ...parts: Uint8Array[]) => join(bytesOf('RIFF'), le32(size), bytesOf('AVI '), ...parts);
  const chunk = (kind: string, size: number, body: Uint8Array) =>
    join(bytesOf('LIST'), le32(size), bytesOf(kind), body);
  const hdrl = chunk('hdrl', 104, filled(100));
  const guid = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
  const asfObject = (id: string, size: number, body: Uint8Array = zeros(0)) =>
    join(guid(id), le32(size), le32(0), body);
  const asf = (size: number, ...objects: Uint8Array[]): Uint8Array =>
    asfObject('3026b2758e66cf11a6d900aa0062ce6c', size, join(le32(objects.length), u16(0x0102), ...objects));
  const properties = asfObject('a1dcab8c47a9cf118ee400c00c205365', 104, zeros(80));
  const data = (size: number, body: Uint8Array) => asfObject('3626b2758e66cf11a6d900aa0062ce6c', size, body);
  const flvTag = join(new Uint8Array([9, 0, 0, 100]), zeros(7), filled(100));
  const flv = join(bytesOf('FLV\x01\x05\0\0\0\x09\0\0\0\0'), flvTag, u32(111));
  const page = join(bytesOf('OggS\0\x04'), zeros(20), new Uint8Array([2, 200, 100]), filled(300));
  const mxf = (footer: number) =>
    join(
      guid('060e2b34020501010d01020101020400'),
      new Uint8Array([0x83, 0, 0, 96]),
      zeros(24),
      u32(0, footer),
      filled(64),
    );

  test.each<[string, Uint8Array, string, RegExp | null]>([
    ['AVI', riff(4_000, hdrl, chunk('movi', 3_000, filled(3_872))), 'avi', null],
    [
      'AVI, cut',
      riff(9_000, hdrl, chunk('movi', 8_000, filled(3_000))),
      'avi',
      /list of pictures wants 8,000 bytes, of which 3,004/,
    ],
    ...[
      [0, 0],
      [0, 0x7fffffff],
      [0xffffffff, 0xffffffff],
      [0xfffffff0, 0xfffffff0],
      [3_200, 9_000],
    ].map(
      ([whole = 0, pictures = 0]) =>
        [
          `AVI that was never ended (${whole}, ${pictures})`,
          riff(whole, hdrl, chunk('movi', pictures, filled(3_000))),
          'avi',
          null,
        ] satisfies [string, Uint8Array, string, null],
    ),
    ['ASF', join(asf(134, properties), data(524, filled(500))), 'asf', null],
    [
      'ASF, cut',
      join(asf(134, properties), data(9_000, filled(500))),
      'asf',
      /its data wants 9,000 bytes, of which 524/,
    ],
    ['FLV', flv, 'flv', null],
    ['FLV, cut', flv.slice(0, -30), 'flv', /last tag/],
    ['Ogg', page, 'ogg', null],
    ['Ogg, cut', page.slice(0, -10), 'ogg', /last page wants 329 bytes, of which 319/],
    ['MXF', mxf(100), 'mxf', null],
    ['MXF without a footer yet', mxf(0), 'mxf', null],
    ['MXF behind a run-in', join(filled(99), mxf(100)), 'mxf', null],
    ['MXF behind a run-in, cut', join(filled(99), mxf(116)), 'mxf', /footer should begin at byte 116 of 116/],
    ['MXF, cut', mxf(9_000), 'mxf', /footer should begin at byte 9,000 of 116/],
  ])('%s', async (_, bytes, demuxer, short) => {
    const found = await look(bytes);
    expect(found.demuxer).toBe(demuxer);
    if (short === null) expect(found.short).toBeNull();
    else expect(found.short?.words).toMatch(short);
  });

  test.each([
    ['AVI cut before its pictures', riff(9_000, hdrl), 'INPUT_TRUNCATED', /first picture: the AVI wants 9,000 bytes/],
    ['ASF cut in its header', asf(5_000, properties), 'INPUT_TRUNCATED', /the header wants 5,000 bytes/],
    [
      'ASF that is encrypted',
      join(asf(158, properties, asfObject('fbb3112223bdd211b4b700a0c955fc6e', 24)), data(24, zeros(0))),
      'INPUT_ENCRYPTED',
      /DRM/,
    ],
  ])('%s is refused', (_, bytes, code, detail) => expectRefusal(bytes, code, detail));
});

test('sound alone is as the policy says', async () => {
  const wav = join(bytesOf('RIFF\x24\0\0\0WAVEfmt '), zeros(100));
  await expectRefusal(wav, 'INPUT_NO_VIDEO', /WAV/);
  expect(await sniffSource(byteSource(wav), { audioOnly: 'publish' })).toEqual({ demuxer: 'wav', short: null });
});

test('a storage that fails is no refusal', async () => {
  const failing = { bytes: 100, read: async () => Promise.reject(new Error('no answer')) };
  await expect(sniffSource(failing, refuse)).rejects.toThrow('no answer');
  const short = { bytes: 100, read: async () => zeros(10) };
  await expect(sniffSource(short, refuse)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
});

const beginnings = [
  '',
  '\0\0\0\x18ftypisom',
  '\x1a\x45\xdf\xa3',
  'RIFF\x24\0\0\0AVI ',
  '\x30\x26\xb2\x75\x8e\x66\xcf\x11',
  'OggS',
  'FLV\x01',
  'G',
  '#EXTM3U\n',
  '<',
];
property.prop([fc.constantFrom(...beginnings), fc.uint8Array({ maxLength: 3_000 })])(
  'any bytes are opened or refused with a code, and never more is read than allowed',
  async (beginning, rest) => {
    const source = byteSource(join(bytesOf(beginning), rest));
    const result = await sniffSource(source, refuse).catch((error: unknown) => error);
    expect(result).toMatchObject(
      result instanceof Error ? { code: expect.stringMatching(/^INPUT_/) } : { demuxer: expect.any(String) },
    );
    expect(source.reads.length).toBeLessThanOrEqual(66);
  },
);
