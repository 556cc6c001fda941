import type { ErrorCode } from '../errors/catalogue.ts';
import type { Demuxer, SoundDemuxer } from './formats.ts';
import { matchesBytes, mpegTsPackets } from './sniff-bytes.ts';
import { describeText } from './sniff-text.ts';

/**
 * What a file is by its first bytes: a container that we open, with the demuxer to pin, or why we do not. `sound` is the demuxer of sound
 * alone, which a policy may publish.
 */
export type Sniffed = { demuxer: Demuxer } | { refused: ErrorCode; detail: string; sound?: SoundDemuxer };

/** How much of a file `sniff` wants to see, bytes. */
export const sniffBytes = 64 * 1024;

/**
 * Tells a file by its first 64 KiB (all of it where it is shorter), never by its name. ffmpeg's own guess is never asked: it would
 * open playlists, which read other files and URLs.
 */
export function sniff(head: Uint8Array): Sniffed {
  if (head.length === 0) return { refused: 'INPUT_EMPTY', detail: 'The file has 0 bytes.' };
  return bySignature(head) ?? describeText(head) ?? unknown(head);
}

type Bytes = string | readonly (number | null)[];
type Signature = { at: number; bytes: Bytes } & (
  | { demuxer: Demuxer }
  | { what: string; code: ErrorCode; sound?: SoundDemuxer }
);

const still = 'INPUT_NO_VIDEO';
const foreign = 'INPUT_NOT_MEDIA';
const unsupported = 'INPUT_FORMAT_UNSUPPORTED';

/** In order: the first that fits decides. A null fits any byte. */
const signatures: readonly Signature[] = [
  ...['heic', 'heix', 'heim', 'mif1', 'avif'].map((brand) => ({
    at: 4,
    bytes: `ftyp${brand}`,
    what: 'a still picture (HEIF)',
    code: 'INPUT_NO_VIDEO' as const,
  })),
  ...['ftyp', 'moov', 'mdat', 'moof', 'styp', 'sidx', 'free', 'skip', 'wide', 'pnot', 'uuid'].map((box) => ({
    at: 4,
    bytes: box,
    demuxer: 'mov' as const,
  })),
  { at: 0, bytes: [0x1a, 0x45, 0xdf, 0xa3], demuxer: 'matroska' },
  { at: 0, bytes: [...codes('RIFF'), null, null, null, null, ...codes('AVI')], demuxer: 'avi' },
  { at: 0, bytes: [0, 0, 1, 0xba], demuxer: 'mpeg' },
  { at: 0, bytes: 'FLV\x01', demuxer: 'flv' },
  { at: 0, bytes: [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11], demuxer: 'asf' },
  { at: 0, bytes: 'OggS', demuxer: 'ogg' },
  { at: 0, bytes: [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x05, 0x01, 0x01, 0x0d, 0x01, 0x02, 0x01, 0x01], demuxer: 'mxf' },

  { at: 0, bytes: 'GIF8', what: 'an animated or still GIF', code: unsupported },
  { at: 0, bytes: 'nut/multimedia container', what: 'a NUT file', code: unsupported },
  { at: 0, bytes: '.RMF', what: 'a RealMedia file', code: unsupported },
  { at: 0, bytes: 'DKIF', what: 'an IVF file', code: unsupported },
  { at: 0, bytes: 'YUV4MPEG2', what: 'raw video (YUV4MPEG2)', code: unsupported },
  { at: 0, bytes: 'CWS', what: 'a Flash animation', code: unsupported },
  { at: 0, bytes: 'FWS', what: 'a Flash animation', code: unsupported },
  { at: 0, bytes: [0, 0, 0, 1, 0x67], what: 'a raw H.264 stream', code: unsupported },
  { at: 0, bytes: [0, 0, 0, 1, 0x40, 1], what: 'a raw HEVC stream', code: unsupported },
  { at: 0, bytes: [0, 0, 1, 0xb3], what: 'a raw MPEG video stream', code: unsupported },

  { at: 0, bytes: [0x89, ...codes('PNG')], what: 'a still picture (PNG)', code: still },
  { at: 0, bytes: [0xff, 0xd8, 0xff], what: 'a still picture (JPEG)', code: still },
  { at: 8, bytes: 'WEBP', what: 'a still picture (WebP)', code: still },
  { at: 0, bytes: 'BM', what: 'a still picture (BMP)', code: still },
  { at: 0, bytes: [0x49, 0x49, 0x2a, 0], what: 'a still picture (TIFF)', code: still },
  { at: 0, bytes: [0x4d, 0x4d, 0, 0x2a], what: 'a still picture (TIFF)', code: still },
  { at: 8, bytes: 'WAVE', what: 'sound only (WAV)', code: still, sound: 'wav' },
  { at: 8, bytes: 'AIFF', what: 'sound only (AIFF)', code: still, sound: 'aiff' },
  { at: 0, bytes: [0xff, 0xfb], what: 'sound only (MP3)', code: still, sound: 'mp3' },
  { at: 0, bytes: [0xff, 0xf3], what: 'sound only (MP3)', code: still, sound: 'mp3' },
  { at: 0, bytes: [0xff, 0xf1], what: 'sound only (AAC)', code: still, sound: 'aac' },
  { at: 0, bytes: [0xff, 0xf9], what: 'sound only (AAC)', code: still, sound: 'aac' },
  { at: 0, bytes: 'fLaC', what: 'sound only (FLAC)', code: still, sound: 'flac' },
  { at: 0, bytes: 'MThd', what: 'sound only (MIDI)', code: still },

  { at: 0, bytes: [0x50, 0x4b, 3, 4], what: 'a ZIP archive', code: foreign },
  { at: 0, bytes: [0x50, 0x4b, 5, 6], what: 'a ZIP archive', code: foreign },
  { at: 0, bytes: 'Rar!', what: 'a RAR archive', code: foreign },
  { at: 0, bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], what: 'a 7-Zip archive', code: foreign },
  { at: 0, bytes: [0x1f, 0x8b], what: 'a gzip archive', code: foreign },
  { at: 257, bytes: 'ustar', what: 'a tar archive', code: foreign },
  { at: 0, bytes: '%PDF', what: 'a PDF document', code: foreign },
  { at: 0, bytes: [0xd0, 0xcf, 0x11, 0xe0], what: 'an Office document', code: foreign },
  { at: 0, bytes: [0x7f, ...codes('ELF')], what: 'a program', code: foreign },
  { at: 0, bytes: 'MZ', what: 'a program', code: foreign },
];

function bySignature(head: Uint8Array): Sniffed | null {
  const tagged = behindTag(head);
  const found = tagged ? soundBehindTag(tagged) : signatures.find(({ at, bytes }) => matchesBytes(head, at, bytes));
  if (found && 'demuxer' in found) return { demuxer: found.demuxer };
  if (found) {
    const { code, what, sound } = found;
    return { refused: code, detail: `The file is ${what}.`, ...(sound && { sound }) };
  }
  return mpegTsPackets(head) ? { demuxer: 'mpegts' } : null;
}

const mp3: Signature = { at: 0, bytes: '', what: 'sound only (MP3)', code: still, sound: 'mp3' };

/** What has such a tag is sound: MP3 where nothing else is seen. */
const soundBehindTag = (rest: Uint8Array): Signature =>
  signatures.find((signature) => 'sound' in signature && matchesBytes(rest, signature.at, signature.bytes)) ?? mp3;

/** What stands behind an ID3v2 tag (id3.org, ID3v2.4.0, 3.1), as far as it is there; null where there is no tag. */
function behindTag(head: Uint8Array): Uint8Array | null {
  if (!matchesBytes(head, 0, 'ID3')) return null;
  const [version = 0, , flags = 0, ...size] = head.subarray(3, 10);
  const length = size.reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0);
  const footer = version >= 4 && (flags & 0x10) !== 0 ? 10 : 0;
  return head.subarray(10 + length + footer);
}

function unknown(head: Uint8Array): Sniffed {
  const what = head.every((byte) => byte === 0) ? 'The file begins with zeros only.' : 'The file is of no known kind.';
  return { refused: 'INPUT_NOT_MEDIA', detail: what };
}

function codes(text: string): number[] {
  return [...text].map((letter) => letter.charCodeAt(0));
}
