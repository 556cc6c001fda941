import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createFileStorage } from '../../src/storage/file-storage.ts';
import { createSources } from '../../src/storage/source-cache.ts';

/** A process that fetches the keys it is given, one after the other, from a slow storage; each download is a line in `reads`. */
const [root = '', cacheFolder = '', maxBytes = '', ...keys] = process.argv.slice(2);
const storage = createFileStorage({ root, publicUrl: 'http://x', secret: 'x' });
const remote = {
  ...storage,
  localPath: () => null,
  async read(key: string) {
    await appendFile(join(root, '../reads'), `${key}\n`);
    await wait(150);
    return storage.read(key);
  },
};
const sources = createSources(remote, { folder: cacheFolder, maxBytes: Number(maxBytes) });

process.on('message', async () => {
  const paths = [];
  for (const key of keys) paths.push(await sources.local(key, { signal: new AbortController().signal }));
  process.send?.(paths);
  process.disconnect();
});
process.send?.('ready');
