/** A key below `transcoded/` of plain names: no empty, hidden or dotted step can climb out of the folder. */
const pattern = /^transcoded(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/;

/** The object key that a /media path names; null for anything but what players fetch. Pure. */
export function mediaKey(path: string): string | null {
  return path.length <= 1_024 && pattern.test(path) ? path : null;
}

const contentTypes: Record<string, string> = {
  m3u8: 'application/vnd.apple.mpegurl',
  mpd: 'application/dash+xml',
  m4s: 'video/iso.segment',
  mp4: 'video/mp4',
  m4a: 'audio/mp4',
  jpg: 'image/jpeg',
  vtt: 'text/vtt; charset=utf-8',
};

/** The media type of a key, by its extension. */
export const contentTypeOf = (key: string): string =>
  contentTypes[key.slice(key.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
