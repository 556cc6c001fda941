import type { ErrorCode } from '../errors/catalogue.ts';
import type { Demuxer, SoundDemuxer } from './formats.ts';

type Bytes = string | readonly (number | null)[];

interface Place {
  at: number;
  bytes: Bytes;
  /** Anything else may begin like that too. */
  weak?: true;
}

/** Bytes that tell what a file is, and where they stand. */
export type Signature = Place & ({ demuxer: Demuxer } | { what: string; code: ErrorCode; sound?: SoundDemuxer });

const codes = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));
const any = (places: number): null[] => Array.from({ length: places }, () => null);

/** Rows of what is no video that we open: bytes at the beginning (or `at` a place), and what it is. */
const rows =
  (code: ErrorCode) =>
  (...table: [bytes: Bytes, what: string, more?: { at?: number; weak?: true; sound?: SoundDemuxer }][]): Signature[] =>
    table.map(([bytes, what, { at = 0, ...more } = {}]) => ({ at, bytes, what, code, ...more }));

const unsupported = rows('INPUT_FORMAT_UNSUPPORTED');
const still = rows('INPUT_NO_VIDEO');
const sound = rows('INPUT_NO_VIDEO');
const foreign = rows('INPUT_NOT_MEDIA');
const pointing = rows('INPUT_PLAYLIST_REFUSED');
const weak = { weak: true } as const;

/** Brands of `ftyp` (mp4ra.org) that are no video of ours. */
const brands: readonly Signature[] = [
  ...['heic', 'heix', 'heim', 'heis', 'mif1'].flatMap((brand) =>
    still([`ftyp${brand}`, 'a still picture (HEIF)', { at: 4 }]),
  ),
  ...still(['ftypavif', 'a still picture (AVIF)', { at: 4 }], ['ftypcrx ', 'a RAW picture (Canon CR3)', { at: 4 }]),
  ...['hevc', 'hevx', 'hevm', 'hevs', 'msf1'].flatMap((brand) =>
    unsupported([`ftyp${brand}`, 'an animated picture (HEIF)', { at: 4 }]),
  ),
  ...unsupported(['ftypavis', 'an animated picture (AVIF)', { at: 4 }]),
  ...rows('INPUT_ENCRYPTED')(['ftypM4P ', 'sound with Apple’s copy protection (iTunes DRM)', { at: 4 }]),
];

const boxes = (...names: string[]) => names.map((bytes) => ({ at: 4, bytes, demuxer: 'mov' as const }));

/** The key of a partition, without its kind (SMPTE ST 377-1, 7.1). */
export const mxfHeader = [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x05, 0x01, 0x01, 0x0d, 0x01, 0x02, 0x01, 0x01];

const containers: readonly Signature[] = [
  ...boxes('ftyp', 'moov', 'moof', 'styp', 'sidx'),
  ...boxes('mdat', 'free', 'skip', 'wide', 'pnot', 'uuid').map((box) => ({ ...box, ...weak })),
  { at: 0, bytes: [0x1a, 0x45, 0xdf, 0xa3], demuxer: 'matroska' },
  { at: 0, bytes: [...codes('RIFF'), ...any(4), ...codes('AVI')], demuxer: 'avi' },
  { at: 0, bytes: [0, 0, 1, 0xba], demuxer: 'mpeg' },
  { at: 0, bytes: 'FLV\x01', demuxer: 'flv' },
  { at: 0, bytes: [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11], demuxer: 'asf' },
  { at: 0, bytes: 'OggS', demuxer: 'ogg' },
  { at: 0, bytes: mxfHeader, demuxer: 'mxf' },
];

const otherVideo = unsupported(
  ['GIF8', 'an animated or still GIF'],
  [[...codes('RIFF'), ...any(4), ...codes('WEBPVP8X'), ...any(4), 0x02], 'an animated picture (WebP)'],
  [[...codes('RIFF'), ...any(4), ...codes('WEBPVP8X'), ...any(4), 0x12], 'an animated picture (WebP)'],
  ['nut/multimedia container', 'a NUT file'],
  ['.RMF', 'a RealMedia file'],
  ['DKIF', 'an IVF file', weak],
  ['YUV4MPEG2', 'raw video (YUV4MPEG2)'],
  ['CWS', 'a Flash animation', weak],
  ['FWS', 'a Flash animation', weak],
  ['ZWS', 'a Flash animation', weak],
  ['DHAV', 'a recording of a surveillance camera (DHAV)', weak],
  ['RED1', 'a RAW video (R3D)', { at: 4, ...weak }],
  ['RED2', 'a RAW video (R3D)', { at: 4, ...weak }],
  [[0xb7, 0xd8, 0x00, 0x20, 0x37, 0x49, 0xda, 0x11], 'a Windows TV recording (WTV)'],
  [[0, 0, 0, 0, 1, 0xbc], 'a GXF file'],
  ['NSVf', 'an NSV file', weak],
  ['BIK', 'a video of a game (Bink)', weak],
  [[0x1f, 0x07, 0], 'a raw DV stream'],
  [[0, 0, 0, 1, 0x67], 'a raw H.264 stream', weak],
  [[0, 0, 1, 0x67], 'a raw H.264 stream', weak],
  [[0, 0, 0, 1, 0x40, 1], 'a raw HEVC stream'],
  [[0, 0, 1, 0xb3], 'a raw MPEG video stream', weak],
  [[0x12, 0, 0x0a], 'a raw AV1 stream'],
);

const pictures = still(
  [[0x89, ...codes('PNG')], 'a still picture (PNG)'],
  [[0xff, 0xd8, 0xff], 'a still picture (JPEG)'],
  [[...codes('RIFF'), ...any(4), ...codes('WEBP')], 'a still picture (WebP)'],
  [[...codes('BM'), ...any(4), 0, 0, 0, 0], 'a still picture (BMP)'],
  ['BM', 'a still picture (BMP)', weak],
  [[0x49, 0x49, 0x2a, 0, ...any(4), ...codes('CR')], 'a RAW picture (Canon CR2)'],
  [[0x49, 0x49, 0x2a, 0], 'a still picture (TIFF or RAW)'],
  [[0x4d, 0x4d, 0, 0x2a], 'a still picture (TIFF or RAW)'],
  [[0x49, 0x49, 0x55, 0], 'a RAW picture (Panasonic RW2)'],
  [[...codes('IIRO'), 8], 'a RAW picture (Olympus ORF)'],
  ['FUJIFILMCCD-RAW', 'a RAW picture (Fujifilm RAF)'],
  ['8BPS', 'a Photoshop document'],
  ['gimp xcf', 'a GIMP document'],
  [[0, 0, 0, 12, ...codes('jP  ')], 'a still picture (JPEG 2000)'],
  [[0, 0, 0, 12, ...codes('JXL ')], 'a still picture (JPEG XL)'],
  [[0xff, 0x0a], 'a still picture (JPEG XL)', weak],
  [[0x76, 0x2f, 0x31, 0x01], 'a still picture (OpenEXR)'],
  ['SDPX', 'a still picture (DPX)', weak],
  ['XPDS', 'a still picture (DPX)', weak],
  [[0, 0, 1, 0, null, 0], 'an icon'],
);

const sounds = sound(
  [[...codes('RIFF'), ...any(4), ...codes('WAVE')], 'sound only (WAV)', { sound: 'wav' }],
  [[...codes('RF64'), ...any(4), ...codes('WAVE')], 'sound only (WAV)', { sound: 'wav' }],
  [[...codes('FORM'), ...any(4), ...codes('AIF')], 'sound only (AIFF)', { sound: 'aiff' }],
  ...[0xfb, 0xfa, 0xf3, 0xf2].map(
    (byte) => [[0xff, byte], 'sound only (MP3)', { sound: 'mp3' as const, ...weak }] satisfies [Bytes, string, object],
  ),
  [[0xff, 0xf1], 'sound only (AAC)', { sound: 'aac', ...weak }],
  [[0xff, 0xf9], 'sound only (AAC)', { sound: 'aac', ...weak }],
  ['fLaC', 'sound only (FLAC)', { sound: 'flac' }],
  ['MThd', 'sound only (MIDI)'],
  ['caff', 'sound only (CAF)', weak],
  ['wvpk', 'sound only (WavPack)', weak],
  ['MAC ', 'sound only (Monkey’s Audio)', weak],
  ['#!AMR', 'sound only (AMR)'],
  ['.snd', 'sound only (AU)', weak],
  ['DSD ', 'sound only (DSD)', weak],
  [[0x0b, 0x77], 'sound only (AC-3)', weak],
  [[0x7f, 0xfe, 0x80, 0x01], 'sound only (DTS)'],
);

/** Lists and shortcuts that are no text. */
const pointers = pointing(
  [[0x4c, 0, 0, 0, 0x01, 0x14, 0x02, 0], 'a Windows shortcut'],
  [[...codes('book'), 0, 0, 0, 0, ...codes('mark')], 'an alias of macOS'],
  ['DVDVIDEO-V', 'the index of a DVD (IFO), which points to its VOB files'],
  ['MPLS0', 'a playlist of a Blu-ray disc'],
  ['INDX0', 'the index of a Blu-ray disc'],
  ['HDMV0', 'the index of a Blu-ray disc'],
);

const others = foreign(
  ['Rar!', 'a RAR archive'],
  [[0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], 'a 7-Zip archive'],
  [[0x1f, 0x8b], 'a gzip archive'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'a zstd archive'],
  [[0xfd, ...codes('7zXZ'), 0], 'an xz archive'],
  ['BZh', 'a bzip2 archive', weak],
  [[0x04, 0x22, 0x4d, 0x18], 'an LZ4 archive'],
  ['MSCF\0', 'a Windows cabinet'],
  ['xar!', 'an installer of macOS (xar)', weak],
  ['!<arch>\n', 'a Debian package or a library'],
  [[0xed, 0xab, 0xee, 0xdb], 'an RPM package'],
  ['ustar', 'a tar archive', { at: 257 }],
  ['CD001', 'a disc image (ISO)', { at: 32_769 }],
  ['BEA01', 'a disc image (UDF)', { at: 32_769 }],
  ['KDMV', 'a disk image (VMDK)', weak],
  ['vhdxfile', 'a disk image (VHDX)'],
  ['conectix', 'a disk image (VHD)'],
  [[...codes('QFI'), 0xfb], 'a disk image (QCOW2)'],
  ['%PDF', 'a PDF document'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an Office document'],
  ['SQLite format 3\0', 'a database (SQLite)'],
  [[0, ...codes('asm')], 'a WebAssembly program'],
  [[0x7f, ...codes('ELF')], 'a program (Linux)'],
  ...[
    [0xcf, 0xfa, 0xed, 0xfe],
    [0xce, 0xfa, 0xed, 0xfe],
    [0xfe, 0xed, 0xfa, 0xcf],
    [0xfe, 0xed, 0xfa, 0xce],
  ].map((bytes) => [bytes, 'a program (macOS)'] satisfies [Bytes, string]),
  [[0xca, 0xfe, 0xba, 0xbe], 'a program (macOS or Java)'],
  ['MZ', 'a program (Windows)', weak],
  [[0, 1, 0, 0, 0], 'a font (TrueType)'],
  ['OTTO', 'a font (OpenType)', weak],
  ['ttcf', 'a font (TrueType)', weak],
  ['wOFF', 'a font (WOFF)', weak],
  ['wOF2', 'a font (WOFF)', weak],
  ['bplist', 'a property list (macOS)'],
  ['BLENDER', 'a Blender document', weak],
);

/** In order: the first that fits decides. A null fits any byte. ZIP archives are told apart in `sniff-zip.ts`. */
export const signatures: readonly Signature[] = [
  ...brands,
  ...containers,
  ...otherVideo,
  ...pictures,
  ...sounds,
  ...pointers,
  ...others,
];
