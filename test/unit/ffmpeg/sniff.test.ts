import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { sniff } from '../../../src/ffmpeg/sniff.ts';

const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const packets = (size: number, before: number) =>
  Uint8Array.from({ length: before + 8 * size }, (_, at) => (at >= before && (at - before) % size === 0 ? 0x47 : 0xff));

test.each([
  ['MP4', bytes('\0\0\0\x20ftypisom'), 'mov'],
  ['QuickTime without ftyp', bytes('\0\0\0\x08wide\0\0\0\x10mdat'), 'mov'],
  ['a fragment', bytes('\0\0\0\x18stypmsdh'), 'mov'],
  ['Matroska', bytes('\x1a\x45\xdf\xa3\x01'), 'matroska'],
  ['AVI', bytes('RIFF\x24\0\0\0AVI LIST'), 'avi'],
  ['MPEG-TS', packets(188, 0), 'mpegts'],
  ['MPEG-TS from mid-packet', packets(188, 101), 'mpegts'],
  ['M2TS', packets(192, 4), 'mpegts'],
  ['MPEG-PS', bytes('\0\0\x01\xba\x44'), 'mpeg'],
  ['FLV', bytes('FLV\x01\x05'), 'flv'],
  ['ASF', bytes('\x30\x26\xb2\x75\x8e\x66\xcf\x11'), 'asf'],
  ['Ogg', bytes('OggS\0'), 'ogg'],
])('%s is opened by its demuxer', (_, head, demuxer) => {
  expect(sniff(head)).toEqual({ demuxer });
});

test.each([
  ['nothing', '', 'INPUT_EMPTY', /0 bytes/],
  ['zeros', '\0'.repeat(5_000), 'INPUT_NOT_MEDIA', /zeros/],
  ['HTML after white space', '\n <html lang="en">', 'INPUT_NOT_MEDIA', /HTML/],
  ['a PDF', '%PDF-1.7', 'INPUT_NOT_MEDIA', /PDF/],
  ['a ZIP archive', 'PK\x03\x04', 'INPUT_NOT_MEDIA', /ZIP/],
  ['JSON', '{"a": 1}', 'INPUT_NOT_MEDIA', /JSON/],
  ['a text', 'Dear all,\nthe video follows.', 'INPUT_NOT_MEDIA', /text/],
  ['HLS', '#EXTM3U\n', 'INPUT_PLAYLIST_REFUSED', /HLS/],
  ['HLS behind a byte order mark', '\xef\xbb\xbf#EXTM3U\n', 'INPUT_PLAYLIST_REFUSED', /HLS/],
  ['HLS in UTF-16', '\xff\xfe#\0E\0X\0T\0M\x003\0U\0', 'INPUT_PLAYLIST_REFUSED', /HLS/],
  ['HLS with bytes behind it', `#EXTM3U\n${'\x01\x02\xfe'.repeat(200)}`, 'INPUT_PLAYLIST_REFUSED', /HLS/],
  ['DASH', '<?xml version="1.0"?><MPD type="static">', 'INPUT_PLAYLIST_REFUSED', /DASH/],
  ['a concat script', "# list\nfile 'a.mp4'\n", 'INPUT_PLAYLIST_REFUSED', /concat/],
  ['SDP', 'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n', 'INPUT_PLAYLIST_REFUSED', /SDP/],
  ['an address', 'http://127.0.0.1/latest/meta-data', 'INPUT_PLAYLIST_REFUSED', /address/],
  ['PNG', '\x89PNG\r\n', 'INPUT_NO_VIDEO', /PNG/],
  ['JPEG', '\xff\xd8\xff\xe0', 'INPUT_NO_VIDEO', /JPEG/],
  ['HEIF', '\0\0\0\x18ftypheic', 'INPUT_NO_VIDEO', /HEIF/],
  ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'INPUT_NO_VIDEO', /SVG/],
  ['MP3', 'ID3\x04', 'INPUT_NO_VIDEO', /MP3/],
  ['WAV', 'RIFF\x24\0\0\0WAVEfmt ', 'INPUT_NO_VIDEO', /WAV/],
  ['GIF', 'GIF89a', 'INPUT_FORMAT_UNSUPPORTED', /GIF/],
  ['RealMedia', '.RMF\0', 'INPUT_FORMAT_UNSUPPORTED', /RealMedia/],
])('%s is refused with its name', (_, text, code, detail) => {
  expect(sniff(bytes(text))).toMatchObject({ refused: code, detail: expect.stringMatching(detail) });
});

test.each([
  ['WAV', 'RIFF\x24\0\0\0WAVEfmt ', 'wav'],
  ['AIFF', 'FORM\0\0\0\x24AIFF', 'aiff'],
  ['MP3', 'ID3\x04', 'mp3'],
  ['AAC', '\xff\xf1', 'aac'],
  ['AAC behind a tag', `ID3\x04\0\0\0\0\x01\x02${'\0'.repeat(130)}\xff\xf1`, 'aac'],
  ['FLAC behind a tag with a footer', `ID3\x04\0\x10\0\0\0\0${'\0'.repeat(10)}fLaC`, 'flac'],
  ['MP3 behind a tag that is longer than what is seen', 'ID3\x03\0\0\x7f\x7f\x7f\x7f', 'mp3'],
  ['a tag that is cut off', 'ID3\x04\0', 'mp3'],
  ['FLAC', 'fLaC', 'flac'],
])('%s is named with the demuxer that a policy of sound alone opens', (_, text, sound) => {
  expect(sniff(bytes(text))).toMatchObject({ refused: 'INPUT_NO_VIDEO', sound });
});

property.prop([fc.uint8Array({ maxLength: 2_000 })])('any bytes are told or refused, never thrown at', (head) => {
  const sniffed = sniff(head);
  expect('demuxer' in sniffed || sniffed.refused.startsWith('INPUT_')).toBe(true);
});
