import { mediaCacheControl } from '../../storage/cache-control.ts';

/** A key below `transcoded/` of plain names: no empty, hidden or dotted step can climb out of the folder. */
const pattern = /^transcoded(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/;

/** The object key that a /media path names; null for anything but what players fetch. Pure. */
export function mediaKey(path: string): string | null {
  return path.length <= 1_024 && pattern.test(path) ? path : null;
}

/** The video that a key of `mediaKey` belongs to. Pure. */
export const videoOf = (key: string): string => key.split('/', 2)[1] ?? '';

/** How long an object of media may be kept by browsers and CDNs: for no longer than the URL that it came by is valid. Pure. */
export const cacheControl = (key: string, { expiresAt, now }: { expiresAt: Date | null; now: Date }): string =>
  mediaCacheControl(key, expiresAt ? (expiresAt.getTime() - now.getTime()) / 1_000 : undefined);

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
