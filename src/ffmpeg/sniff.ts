import type { ErrorCode } from '../errors/catalogue.ts';
import type { Demuxer, SoundDemuxer } from './formats.ts';
import { findBytes, isZeros, matchesBytes } from './sniff-bytes.ts';
import { beginsWithPackets, holdsPackets, mpegTsPackets, programStream } from './sniff-packets.ts';
import { mxfHeader, type Signature, signatures } from './sniff-signatures.ts';
import { describeText } from './sniff-text.ts';
import { describeZip } from './sniff-zip.ts';

/** Why a file is not opened. */
export interface Refused {
  refused: ErrorCode;
  detail: string;
}

/**
 * What a file is by its first bytes: a container that we open, with the demuxer to pin, or why we do not. `sound` is the demuxer of sound
 * alone, which a policy may publish.
 */
export type Sniffed = { demuxer: Demuxer } | (Refused & { sound?: SoundDemuxer });

/** How much of a file's beginning and of its end `sniff` wants to see, bytes. */
export const sniffBytes = 64 * 1024;

/**
 * Tells a file by its first 64 KiB and its last ones (all of it where it is shorter), never by its name. ffmpeg's own guess is never asked:
 * it would open playlists, which read other files and URLs.
 */
export function sniff(head: Uint8Array, tail: Uint8Array = new Uint8Array()): Sniffed {
  if (head.length === 0) return { refused: 'INPUT_EMPTY', detail: 'The file has 0 bytes.' };
  // The time of arrival before a packet may be any four bytes: packets in step say more than a signature.
  if (beginsWithPackets(head)) return { demuxer: 'mpegts' };
  return behindTag(head) ?? bySignature(head, tail) ?? describeText(head) ?? byWeakerSigns(head, tail);
}

function bySignature(head: Uint8Array, tail: Uint8Array): Sniffed | null {
  const zip = describeZip(head, tail);
  if (zip !== null) return { refused: 'INPUT_NOT_MEDIA', detail: `The file is ${zip}.` };
  return firstOf(signatures.filter((signature) => !signature.weak && fits(signature, head)));
}

/** What a text could say as well, and what has no signature. */
function byWeakerSigns(head: Uint8Array, tail: Uint8Array): Sniffed {
  const packets = mpegTsPackets(head);
  if (packets && head.length >= 1024) return { demuxer: 'mpegts' }; // many packets say more than two letters, few say less
  const fitting = signatures.filter((signature) => fits(signature, head));
  const box = firstOf(fitting.filter((signature) => 'demuxer' in signature));
  if (box) return box;
  if (programStream(head)) return { demuxer: 'mpeg' }; // from mid-pack it may begin like anything
  const found = firstOf(fitting);
  if (found) return found;
  if (packets) return { demuxer: 'mpegts' };
  return behindJunk(head) ?? { refused: 'INPUT_NOT_MEDIA', detail: unknown(head, tail) };
}

/**
 * What begins behind anything else: only containers whose demuxer looks for the first packet itself, at least as far as is
 * seen here. MXF may begin behind a run-in (SMPTE ST 377-1, 6.5).
 */
function behindJunk(head: Uint8Array): Sniffed | null {
  if (holdsPackets(head)) return { demuxer: 'mpegts' };
  if (findBytes(head, mxfHeader) > 0) return { demuxer: 'mxf' };
  return findBytes(head, oggFirstPage) > 0 ? { demuxer: 'ogg' } : null;
}

/** RFC 3533, 6: version 0, the first page of a stream. */
const oggFirstPage = [0x4f, 0x67, 0x67, 0x53, 0, 2];

const fits = ({ at, bytes }: Signature, head: Uint8Array): boolean => matchesBytes(head, at, bytes);

function firstOf([found]: Signature[]): Sniffed | null {
  if (!found) return null;
  if ('demuxer' in found) return { demuxer: found.demuxer };
  const { code, what, sound } = found;
  return { refused: code, detail: `The file is ${what}.`, ...(sound && { sound }) };
}

const mp3: Signature = { at: 0, bytes: '', what: 'sound only (MP3)', code: 'INPUT_NO_VIDEO', sound: 'mp3' };

/** What has an ID3v2 tag (id3.org, ID3v2.4.0, 3.1) is sound, MP3 where nothing else is seen; or a list in disguise. */
function behindTag(head: Uint8Array): Sniffed | null {
  if (!matchesBytes(head, 0, 'ID3') || (head[3] ?? 0) > 0x1f) return null;
  const [version = 0, , flags = 0, ...size] = head.subarray(3, 10);
  const length = size.reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0);
  const footer = version >= 4 && (flags & 0x10) !== 0 ? 10 : 0;
  const rest = head.subarray(10 + length + footer);
  if (beginsWithPackets(rest)) return { demuxer: 'mpegts' }; // ffmpeg passes over the tag
  const text = describeText(rest);
  if (text?.refused === 'INPUT_PLAYLIST_REFUSED') return text;
  return firstOf([...signatures.filter((signature) => 'sound' in signature && fits(signature, rest)), mp3]);
}

function unknown(head: Uint8Array, tail: Uint8Array): string {
  if (isDiskImage(tail)) return 'The file is a disk image (DMG).';
  if (!head.every((byte) => byte === 0)) return 'The file is of no known kind.';
  if (isZeros(tail))
    return 'The file holds zeros at its beginning and at its end: a copy or a download that was never filled.';
  return 'The file begins with zeros only.';
}

/** An Apple disk image ends with a trailer of 512 bytes. */
const isDiskImage = (tail: Uint8Array): boolean => matchesBytes(tail, tail.length - 512, 'koly');
