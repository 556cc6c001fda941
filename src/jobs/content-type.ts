import { extname } from 'node:path';
import { CatalogueError } from '../errors/catalogue-error.ts';

/** By the end of the name; `media` says whether a segment holds pictures or sound. */
const contentTypes: Record<string, (media: 'video' | 'audio') => string> = {
  '.m3u8': () => 'application/vnd.apple.mpegurl',
  '.mpd': () => 'application/dash+xml',
  '.mp4': (media) => `${media}/mp4`,
  '.m4a': () => 'audio/mp4',
  '.m4s': (media) => `${media}/mp4`,
  '.jpg': () => 'image/jpeg',
  '.vtt': () => 'text/vtt; charset=utf-8',
};

/** What players are told that an output is, by its key. Throws for a name that we do not make. */
export function contentTypeOf(key: string): string {
  const type = contentTypes[extname(key)]?.(key.includes('/audio/') ? 'audio' : 'video');
  if (!type) throw new CatalogueError('INTERNAL', `There is no content type for ${key}.`);
  return type;
}
