import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { sniffSource } from '../../../src/ffmpeg/sniff-source.ts';
import { byteSource, bytesOf } from '../../support/byte-source.ts';
import { join, u16, u32 } from '../../support/mp4-boxes.ts';
import { expectRefusal, filled, look, refuse, zeros } from '../../support/sniffed.ts';

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
