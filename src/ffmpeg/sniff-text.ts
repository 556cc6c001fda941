import type { ErrorCode } from '../errors/catalogue.ts';
import { xmlRoot } from './xml-root.ts';

interface KnownText {
  code: ErrorCode;
  what: string;
}

const list = (what: string): KnownText => ({ code: 'INPUT_PLAYLIST_REFUSED', what });
const foreign = (what: string): KnownText => ({ code: 'INPUT_NOT_MEDIA', what });

/** By the first line that says something. All begin at its beginning and look ahead over it once: it is a stranger's, and may be long. */
const firstLines: readonly (KnownText & { pattern: RegExp })[] = [
  { pattern: /^#EXTM3U/i, ...list('an HLS playlist') },
  { pattern: /^ffconcat version/i, ...list('an ffmpeg concat list') },
  { pattern: /^file\s+\S/i, ...list('an ffmpeg concat list') },
  { pattern: /^\[(?:playlist|reference)\]/i, ...list('a playlist') },
  { pattern: /^\[InternetShortcut\]|^\[Desktop Entry\]/i, ...list('a shortcut to an address') },
  {
    pattern: /^rtsptext|^(?:https?|rtsps?|rtmp[est]*|mmsh?|ftp|udp|srt|file|concat|data|magnet|smb):/i,
    ...list('an address'),
  },
  { pattern: /^<\?quicktime/i, ...list('a QuickTime link') },
  { pattern: /^<\?wpl/i, ...list('a playlist') },
  { pattern: /^<\?php|^#!/, ...foreign('a script') },
  { pattern: /^;FFMETADATA/, ...foreign('a list of metadata') },
  { pattern: /^WEBVTT/, ...foreign('subtitles (WebVTT)') },
  { pattern: /^\[Script Info\]/i, ...foreign('subtitles (ASS)') },
  {
    pattern: /^d\d+:(?:announce|created by|creation date|comment|info)/,
    ...foreign('a BitTorrent file, which only names a download'),
  },
  { pattern: /^\{\\rtf/, ...foreign('an RTF document') },
  { pattern: /^%!PS/, ...foreign('a PostScript document') },
  { pattern: /^-----BEGIN /, ...foreign('a key or a certificate') },
  {
    pattern: /^(?:Received|Return-Path|Delivered-To|MIME-Version|Message-ID|From|Subject): /i,
    ...foreign('an e-mail'),
  },
  { pattern: /^<!doctype html/i, ...foreign('an HTML page') },
  { pattern: /^[[{]/, ...foreign('a JSON or text document') },
];

/** By the name of an XML document's root, in small letters, without its namespace. */
const roots: Readonly<Record<string, KnownText>> = {
  mpd: list('a DASH manifest'),
  smoothstreamingmedia: list('a Smooth Streaming manifest'),
  ...Object.fromEntries(['smil', 'asx', 'playlist', 'imf', 'plist'].map((root) => [root, list('a playlist')])),
  ...Object.fromEntries(
    ['compositionplaylist', 'assetmap', 'packinglist'].map((root) => [root, list('a list of a package (IMF, DCP)')]),
  ),
  manifest: list('a manifest'),
  ...Object.fromEntries(['rss', 'feed'].map((root) => [root, list('a news feed')])),
  ...Object.fromEntries(
    ['xmeml', 'fcpxml', 'mlt', 'project', 'otio'].map((root) => [root, foreign('a project of an editing program')]),
  ),
  tt: foreign('subtitles (TTML)'),
  svg: { code: 'INPUT_NO_VIDEO', what: 'a still picture (SVG)' },
  ...Object.fromEntries(
    ['html', 'head', 'body', 'title', 'script', 'div', 'p', 'meta', 'style'].map((root) => [
      root,
      foreign('an HTML page'),
    ]),
  ),
};

/** What a text is; null where the bytes are no text. */
export function describeText(head: Uint8Array): { refused: ErrorCode; detail: string } | null {
  const { text, clean } = decode(head);
  const known = tell(text.trimStart());
  // A list is said even where bytes follow that are no text.
  if (!clean && known?.code !== 'INPUT_PLAYLIST_REFUSED') return null;
  return {
    refused: known?.code ?? 'INPUT_NOT_MEDIA',
    detail: `The file is ${known?.what ?? 'plain text'}.`,
  };
}

const mostLines = 200;

function tell(text: string): KnownText | undefined {
  const lines = text
    .slice(0, 16 * 1024)
    .split(/\r\n|\n|\r/, mostLines)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  // `#EXTM3U`, `#!` and their like say more than the comments of a concat list.
  const spoken = lines.find((line) => !line.startsWith('#')) ?? '';
  const named = [lines[0] ?? '', spoken].flatMap((line) => firstLines.filter(({ pattern }) => pattern.test(line)));
  return named[0] ?? byRoot(text) ?? byLines(lines);
}

const byRoot = (text: string): KnownText | undefined => {
  const root = xmlRoot(text);
  if (root !== null && Object.hasOwn(roots, root)) return roots[root];
  return root === null ? undefined : foreign('an XML document');
};

const subtitleTime = /^\d{1,2}:\d\d:\d\d[,.]\d{1,3}\s*-->/;
const mediaPath =
  /^[^<>|"]{1,1024}\.(?:mp4|m4v|mov|mkv|webm|avi|m?ts|m2ts|mpe?g|flv|wmv|mp3|m4a|aac|wav|flac|ogg|opus|m3u8?)$/i;

/** What only several lines together tell. */
function byLines(lines: string[]): KnownText | undefined {
  const spoken = lines.filter((line) => !line.startsWith('#'));
  if (lines[0] === 'v=0' && lines.some((line) => line.startsWith('o='))) return list('an SDP description');
  if (spoken.length > 0 && spoken.every((line) => mediaPath.test(line))) return list('a list of media files');
  if (lines.slice(0, 3).some((line) => subtitleTime.test(line))) return foreign('subtitles (SRT)');
  const columns = lines.slice(0, 5).map((line) => line.split(/[,;\t]/).length);
  if (columns.length > 1 && columns.every((number) => number > 2 && number === columns[0]))
    return foreign('a table (CSV)');
  return undefined;
}

/** The text in UTF-8 or UTF-16, with its mark or without; `clean` where no control characters say that it is none. */
function decode(head: Uint8Array): { text: string; clean: boolean } {
  const text = new TextDecoder(encodingOf(head)).decode(head, { stream: true }); // the last character may be cut
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const strange = text.match(/[\u0000-\u0008\u000e-\u001a\u001c-\u001f\ufffd]/g)?.length ?? 0;
  return { text, clean: strange <= text.length / 1000 };
}

function encodingOf([first, second, third, fourth]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first && !second && third && fourth === 0) return 'utf-16le';
  return first === 0 && second && third === 0 && fourth ? 'utf-16be' : 'utf-8';
}
