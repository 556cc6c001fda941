import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ifThere } from './file-errors.ts';
import type { ObjectPaths } from './object-paths.ts';
import { lookUp } from './publish-file.ts';
import type { StoredObject } from './storage.ts';

/** Objects whose key begins with a prefix, in the order of their keys, one folder at a time. */
export async function* listObjects(paths: ObjectPaths, prefix: string): AsyncIterable<StoredObject> {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  if (folder.split('/').some((step) => step.startsWith('.'))) return;
  for await (const key of keysBelow(paths.root, folder, prefix)) {
    const found = await lookUp(paths, key);
    if (found) yield { key, size: found.size, etag: found.etag };
  }
}

async function* keysBelow(root: string, folder: string, prefix: string): AsyncIterable<string> {
  const entries = (await ifThere(readdir(join(root, folder), { withFileTypes: true }))) ?? [];
  // A folder counts with its slash, as in the keys: `a-b` comes before `a/b`.
  const names = entries.filter(({ name }) => !name.startsWith('.')).map(nameInKeys);
  for (const name of names.sort()) {
    const key = folder + name;
    if (!key.startsWith(prefix) && !prefix.startsWith(key)) continue;
    if (name.endsWith('/')) yield* keysBelow(root, key, prefix);
    else if (key.startsWith(prefix)) yield key;
  }
}

const nameInKeys = (entry: Dirent): string => (entry.isDirectory() ? `${entry.name}/` : entry.name);
