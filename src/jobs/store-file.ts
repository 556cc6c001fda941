import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { ArtefactStorage } from '../storage/storage.ts';
import type { Artefact } from './services.ts';

/** By the end of the name; `video` or `audio` says whose media it is. */
const contentTypes: Record<string, (media: 'video' | 'audio') => string> = {
  '.m3u8': () => 'application/vnd.apple.mpegurl',
  '.mpd': () => 'application/dash+xml',
  '.mp4': (media) => `${media}/mp4`,
  '.m4a': () => 'audio/mp4',
  '.m4s': (media) => `${media}/mp4`,
  '.jpg': () => 'image/jpeg',
  '.vtt': () => 'text/vtt; charset=utf-8',
};

/** What players are told that a file is. Throws for a name that we do not make. */
export function contentTypeOf(key: string): string {
  const type = contentTypes[extname(key)]?.(key.includes('/audio/') ? 'audio' : 'video');
  if (!type) throw new CatalogueError('INTERNAL', `There is no content type for ${key}.`);
  return type;
}

/** Stores a local file, checks that all of it arrived, and gives its row. Rejects with PACKAGE_INVALID for an empty one. */
export async function storeFile(
  storage: ArtefactStorage,
  path: string,
  row: Pick<Artefact, 'kind' | 'rendition' | 'key' | 'facts'>,
): Promise<Artefact> {
  const hash = createHash('sha256');
  let size = 0;
  await pipeline(createReadStream(path), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      hash.update(chunk);
      size += chunk.length;
    }
  });
  if (size === 0) throw new CatalogueError('PACKAGE_INVALID', `${row.key.split('/').at(-1)} is empty`);
  const stored = await storage.putFile(row.key, path, { contentType: contentTypeOf(row.key) });
  if (stored.size !== size) {
    throw new CatalogueError('SERVICE_UNAVAILABLE', `Storage took ${stored.size} of ${size} bytes.`);
  }
  return { ...row, segmentIndex: null, size, sha256: hash.digest('hex') };
}
