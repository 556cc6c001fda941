import { CatalogueError } from '../errors/catalogue-error.ts';

export type Attributes = Record<string, string>;

/** An HLS master playlist. URIs are as written, relative to the playlist. */
export interface MasterPlaylist {
  variants: { uri: string; attributes: Attributes }[];
  iframes: { uri: string; attributes: Attributes }[];
  media: { uri: string | null; attributes: Attributes }[];
}

export interface MediaPlaylist {
  init: string | null;
  iframesOnly: boolean;
  ended: boolean;
  targetSeconds: number;
  segments: { uri: string; seconds: number; byteRange: { start: number; end: number } | null }[];
}

/** Reads a master playlist (RFC 8216, 4.3.4). Throws PACKAGE_INVALID where it is not one. */
export function parseMaster(text: string): MasterPlaylist {
  const master: MasterPlaylist = { variants: [], iframes: [], media: [] };
  let pending: Attributes | null = null;
  for (const line of playlistLines(text)) {
    const [tag, value] = splitTag(line);
    if (!tag) {
      if (!pending) throw invalid(`${line} has no EXT-X-STREAM-INF`);
      master.variants.push({ uri: line, attributes: pending });
      pending = null;
    } else if (pending) {
      throw invalid(`EXT-X-STREAM-INF is followed by ${tag}`);
    } else if (tag === '#EXT-X-STREAM-INF') {
      pending = parseAttributes(value);
    } else if (tag === '#EXT-X-I-FRAME-STREAM-INF') {
      const attributes = parseAttributes(value);
      master.iframes.push({ uri: attributes.URI ?? '', attributes });
    } else if (tag === '#EXT-X-MEDIA') {
      const attributes = parseAttributes(value);
      master.media.push({ uri: attributes.URI ?? null, attributes });
    }
  }
  if (pending) throw invalid('the last EXT-X-STREAM-INF has no playlist');
  return master;
}

/** Reads a media playlist (RFC 8216, 4.3.3). Throws PACKAGE_INVALID where it is not one. */
export function parseMedia(text: string): MediaPlaylist {
  const playlist: MediaPlaylist = { init: null, iframesOnly: false, ended: false, targetSeconds: 0, segments: [] };
  let seconds: number | null = null;
  let byteRange: { start: number; end: number } | null = null;
  for (const line of playlistLines(text)) {
    const [tag, value] = splitTag(line);
    if (!tag) {
      if (seconds === null) throw invalid(`${line} has no EXTINF`);
      playlist.segments.push({ uri: line, seconds, byteRange });
      seconds = null;
      byteRange = null;
    } else if (tag === '#EXTINF') seconds = toNumber(value.split(',')[0]);
    else if (tag === '#EXT-X-BYTERANGE') byteRange = parseByteRange(value);
    else if (tag === '#EXT-X-TARGETDURATION') playlist.targetSeconds = toNumber(value);
    else if (tag === '#EXT-X-MAP') playlist.init = parseAttributes(value).URI ?? null;
    else if (tag === '#EXT-X-I-FRAMES-ONLY') playlist.iframesOnly = true;
    else if (tag === '#EXT-X-ENDLIST') playlist.ended = true;
  }
  if (seconds !== null) throw invalid('the last EXTINF has no segment');
  return playlist;
}

function playlistLines(text: string): string[] {
  const lines = text.split(/\r?\n/).filter((line) => line !== '' && (!line.startsWith('#') || line.startsWith('#EXT')));
  if (lines[0] !== '#EXTM3U') throw invalid('it does not begin with #EXTM3U');
  return lines.slice(1);
}

function splitTag(line: string): [string | null, string] {
  if (!line.startsWith('#')) return [null, line];
  const colon = line.indexOf(':');
  return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1)];
}

/** `NAME=value,NAME="quoted, value"`, RFC 8216, 4.2; quotes are taken off. */
export function parseAttributes(list: string): Attributes {
  const pattern = /([A-Z0-9-]+)=("[^"]*"|[^,"]*)(?:,|$)/gy;
  const attributes: Attributes = {};
  let end = 0;
  for (const match of list.matchAll(pattern)) {
    const [whole, name = '', value = ''] = match;
    attributes[name] = value.replaceAll('"', '');
    end = match.index + whole.length;
  }
  if (end !== list.length) throw invalid(`an attribute list cannot be read: ${list}`);
  return attributes;
}

function parseByteRange(value: string): { start: number; end: number } {
  const match = /^(\d+)@(\d+)$/.exec(value);
  if (!match) throw invalid(`the byte range ${value} has no start`);
  const start = Number(match[2]);
  return { start, end: start + Number(match[1]) };
}

function toNumber(text: string | undefined): number {
  const value = Number(text);
  if (!text || !Number.isFinite(value)) throw invalid(`${text} is not a number`);
  return value;
}

const invalid = (what: string): CatalogueError => new CatalogueError('PACKAGE_INVALID', `HLS playlist: ${what}`);
