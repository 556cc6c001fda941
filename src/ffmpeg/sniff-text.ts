import type { ErrorCode } from '../errors/catalogue.ts';

/** Beginnings of texts, case apart. Playlists first: an MPD is XML too. */
const texts: readonly { pattern: RegExp; code: ErrorCode; what: string }[] = [
  { pattern: /^#EXTM3U/i, code: 'INPUT_PLAYLIST_REFUSED', what: 'an HLS playlist' },
  { pattern: /^ffconcat version/i, code: 'INPUT_PLAYLIST_REFUSED', what: 'an ffmpeg concat list' },
  { pattern: /^(#.*\s+)*file\s+\S/i, code: 'INPUT_PLAYLIST_REFUSED', what: 'an ffmpeg concat list' },
  { pattern: /^v=0\r?\n[\s\S]*^o=/m, code: 'INPUT_PLAYLIST_REFUSED', what: 'an SDP description' },
  { pattern: /^\[playlist\]|^\[reference\]/i, code: 'INPUT_PLAYLIST_REFUSED', what: 'a playlist' },
  {
    pattern: /^rtsptext|^(?:https?|rtsp|rtmp|mms|file|concat|data):/i,
    code: 'INPUT_PLAYLIST_REFUSED',
    what: 'an address',
  },
  { pattern: /<MPD[\s>]/i, code: 'INPUT_PLAYLIST_REFUSED', what: 'a DASH manifest' },
  { pattern: /<SmoothStreamingMedia[\s>]/i, code: 'INPUT_PLAYLIST_REFUSED', what: 'a Smooth Streaming manifest' },
  {
    pattern: /<(?:smil|asx|playlist|imf|CompositionPlaylist)[\s:>]/i,
    code: 'INPUT_PLAYLIST_REFUSED',
    what: 'a playlist',
  },
  { pattern: /^<!doctype html|<html[\s>]|<head[\s>]/i, code: 'INPUT_NOT_MEDIA', what: 'an HTML page' },
  { pattern: /<svg[\s>]/i, code: 'INPUT_NO_VIDEO', what: 'a still picture (SVG)' },
  { pattern: /^<\?xml/i, code: 'INPUT_NOT_MEDIA', what: 'an XML document' },
  { pattern: /^[[{]/, code: 'INPUT_NOT_MEDIA', what: 'a JSON or text document' },
];

/** What a text is; null where the bytes are no text. */
export function describeText(head: Uint8Array): { refused: ErrorCode; detail: string } | null {
  const text = decode(head)?.trimStart();
  if (text === undefined) return null;
  const known = texts.find(({ pattern }) => pattern.test(text));
  return {
    refused: known?.code ?? 'INPUT_NOT_MEDIA',
    detail: `The file is ${known?.what ?? 'plain text'}.`,
  };
}

/** The text in UTF-8, or UTF-16 with its mark; undefined where control characters say that it is none. */
function decode(head: Uint8Array): string | undefined {
  const [first, second] = head;
  const utf16 = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : null;
  const text = new TextDecoder(utf16 ?? 'utf-8').decode(head, { stream: true }); // the last character may be cut
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const strange = text.match(/[\u0000-\u0008\u000e-\u001a\u001c-\u001f\ufffd]/g)?.length ?? 0;
  const playlist = text.startsWith('#EXTM3U'); // said even where bytes follow that are no text
  return playlist || strange <= text.length / 1000 ? text : undefined;
}
