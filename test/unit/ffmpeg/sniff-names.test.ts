import { describe, expect, test } from 'vitest';
import { sniff } from '../../../src/ffmpeg/sniff.ts';
import { bytesOf } from '../../support/byte-source.ts';

const media = 'INPUT_NOT_MEDIA';
const list = 'INPUT_PLAYLIST_REFUSED';
const still = 'INPUT_NO_VIDEO';
const unsupported = 'INPUT_FORMAT_UNSUPPORTED';
const utf16 = (text: string) => [...text].map((letter) => `${letter}\0`).join('');
const at = (place: number, text: string) => `${'\x01'.repeat(place)}${text}`;
const zip = (members: string) => `PK\x03\x04\x14\0${members}`;

describe.each([
  [
    'lists and addresses, which would lead elsewhere',
    list,
    [
      ['HLS behind white space', ' \r\n\t#EXTM3U\n', /HLS/],
      ['HLS in UTF-16 without its mark', utf16('#EXTM3U\n#EXTINF'), /HLS/],
      ['HLS in UTF-16, the other way round', `\xfe\xff${utf16('\0#EXTM3U\n').slice(1, -1)}`, /HLS/],
      ['HLS behind an ID3 tag', 'ID3\x04\0\0\0\0\0\x04abcd#EXTM3U\n#EXTINF:4,\nhttp://10.0.0.1/\n', /HLS/],
      ['a list behind many comments', `${'# a \n'.repeat(90)}file 'a.mp4'`, /concat/],
      ['a list of paths', 'C:\\films\\a.mp4\n../b.mkv\nhttp-c.ts\n', /list of media files/],
      ['an address alone', 'smb://nas/film.mkv\r\n', /address/],
      ['a magnet', 'magnet:?xt=urn:btih:00', /address/],
      ['PLS', '[playlist]\nFile1=http://10.0.0.1/a.mp3', /playlist/],
      ['ASX', '<ASX version="3.0"><Entry><Ref href="http://10.0.0.1/"/></Entry></ASX>', /playlist/],
      ['old ASX', '[Reference]\r\nRef1=http://10.0.0.1/a.asf', /playlist/],
      ['XSPF', '<?xml version="1.0"?>\n<!-- a -->\n<playlist xmlns="http://xspf.org/ns/0/">', /playlist/],
      ['WPL', '<?wpl version="1.0"?><smil>', /playlist/],
      ['SMIL', '<smil><body/></smil>', /playlist/],
      ['a DCP list with a namespace', '<?xml version="1.0"?><am:AssetMap xmlns:am="x">', /IMF, DCP/],
      ['an IMF composition', '<CompositionPlaylist xmlns="x">', /IMF, DCP/],
      ['a news feed', '<?xml version="1.0"?><rss version="2.0">', /feed/],
      [
        'a property list that may name an address',
        '<?xml version="1.0"?><!DOCTYPE plist PUBLIC "a"><plist>',
        /playlist/,
      ],
      ['an Internet shortcut', '[InternetShortcut]\r\nURL=http://10.0.0.1/', /shortcut/],
      ['a Windows shortcut', 'L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0', /shortcut/],
      [
        'a QuickTime link',
        '<?quicktime type="application/x-quicktime-media-link"?><embed src="http://10.0.0.1/"/>',
        /QuickTime link/,
      ],
      ['the index of a DVD', 'DVDVIDEO-VTS\0\0', /DVD/],
      ['the index of a Blu-ray', 'MPLS0200\0\0', /Blu-ray/],
    ],
  ],
  [
    'archives and documents',
    media,
    [
      ['a Word document', zip('[Content_Types].xml…word/document.xml'), /Word document \(ZIP\)/],
      ['an Excel document', zip('xl/workbook.xml'), /Excel/],
      ['a PowerPoint document', zip('ppt/presentation.xml'), /PowerPoint/],
      ['an OpenDocument file', zip('mimetypeapplication/vnd.oasis.opendocument.text'), /OpenDocument/],
      ['an e-book', zip('mimetypeapplication/epub+zip'), /e-book/],
      ['an iWork document', zip('Index/Document.iwa'), /iWork/],
      ['an Android app', zip('AndroidManifest.xml META-INF/MANIFEST.MF'), /Android/],
      ['a Java program', zip('META-INF/MANIFEST.MF'), /Java/],
      ['another ZIP', zip('holiday.mp4'), /is a ZIP archive/],
      ['gzip', '\x1f\x8b\x08', /gzip/],
      ['zstd', '\x28\xb5\x2f\xfd\x04', /zstd/],
      ['xz', '\xfd7zXZ\0', /xz/],
      ['bzip2', 'BZh91AY&SY\x01\x02', /bzip2/],
      ['a torrent', 'd8:announce30:http://tracker', /BitTorrent/],
      ['SQLite', 'SQLite format 3\0', /SQLite/],
      ['WebAssembly', '\0asm\x01\0\0\0', /WebAssembly/],
      ['a Windows program', 'MZ\x90\0\x03\0', /Windows/],
      ['a macOS program', '\xcf\xfa\xed\xfe\x07', /macOS/],
      ['a font', '\0\x01\0\0\0\x0c', /font/],
      ['a disc image', at(32_769, 'CD001'), /ISO/],
      ['an RTF document', '{\\rtf1\\ansi', /RTF/],
      ['an e-mail', 'Received: from a\r\nSubject: film\r\n', /e-mail/],
      ['a table', 'a,b,c\n1,2,3\n4,5,6\n', /CSV/],
      ['SRT', '1\r\n00:00:01,000 --> 00:00:02,500\r\nHello', /SRT/],
      ['WebVTT', 'WEBVTT\n\n00:01.000 --> 00:02.000\nHello', /WebVTT/],
      ['ASS', '[Script Info]\nTitle: x', /ASS/],
      ['TTML', '<?xml version="1.0"?><tt xmlns="http://www.w3.org/ns/ttml">', /TTML/],
      ['a PHP script', "<?php system($_GET['c']); ?>", /script/],
      ['a shell script', '#!/bin/sh\nrm -rf /\n', /script/],
      ['a project of Final Cut', '<?xml version="1.0"?><!DOCTYPE fcpxml><fcpxml version="1.9">', /editing program/],
      ['HTML without a head', '<script>alert(1)</script>', /HTML/],
      ['a text that a box could begin', "I'm free to send the film later.", /plain text/],
      ['a text that a program could begin', 'MZ is what this text begins with.', /plain text/],
    ],
  ],
  [
    'pictures and sounds',
    still,
    [
      ['PSD', '8BPS\0\x01', /Photoshop/],
      ['CR2', 'II*\0\x10\0\0\0CR\x02\0', /CR2/],
      ['CR3', '\0\0\0\x18ftypcrx ', /CR3/],
      ['AVIF', '\0\0\0\x18ftypavif', /AVIF/],
      ['JPEG XL', '\0\0\0\x0cJXL \r\n', /JPEG XL/],
      ['WavPack', 'wvpk\x01\0', /WavPack/],
      ['AC-3', '\x0b\x77\x01\x02', /AC-3/],
    ],
  ],
  [
    'what moves, and is not read',
    unsupported,
    [
      ['an AVIF sequence', '\0\0\0\x18ftypavis', /animated picture \(AVIF\)/],
      ['an HEIF sequence', '\0\0\0\x18ftyphevc', /animated picture \(HEIF\)/],
      ['animated WebP', 'RIFF\x24\0\0\0WEBPVP8X\x0a\0\0\0\x02', /animated picture \(WebP\)/],
      ['WTV', '\xb7\xd8\0\x20\x37\x49\xda\x11\xa6', /WTV/],
    ],
  ],
] as const)('%s', (_, code, table) => {
  test.each(table.map((row) => [...row] as const))('%s', (_name, text, detail) => {
    expect(sniff(bytesOf(text))).toMatchObject({ refused: code, detail: expect.stringMatching(detail) });
  });
});

test('a Word document is seen by its end, a disk image by its trailer', () => {
  const filler = '\x9a'.repeat(1_000);
  expect(sniff(bytesOf(zip(filler)), bytesOf('word/document.xml'))).toMatchObject({
    detail: expect.stringMatching(/Word/),
  });
  const trailer = bytesOf(`koly${'\0'.repeat(508)}`);
  expect(sniff(bytesOf(filler), trailer)).toMatchObject({ refused: media, detail: expect.stringMatching(/DMG/) });
});

test('an iTunes song is encrypted', () => {
  expect(sniff(bytesOf('\0\0\0\x18ftypM4P '))).toMatchObject({ refused: 'INPUT_ENCRYPTED' });
  expect(sniff(bytesOf('\0\0\0\x18ftypM4VP'))).toEqual({ demuxer: 'mov' }); // a brand of iPods, without protection
});

test.each([
  '# ',
  '#\n',
  'v=0\n',
  '<',
  '<!--',
  '<?',
  'file ',
  ' ',
  'a,',
  'a',
  'o=\n',
  '1:00:00,1 ',
  'd8:',
  'PK\x03\x04Payload/',
  '.mp4',
])('64 KiB of %j are told in no time', (text) => {
  const bytes = bytesOf(text.repeat(65_536).slice(0, 65_536));
  const began = performance.now();
  sniff(bytes, bytes);
  expect(performance.now() - began).toBeLessThan(1_000);
});
