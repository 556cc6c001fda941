import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFileStorage } from '../../../src/storage/file-storage.ts';
import { createSources } from '../../../src/storage/source-cache.ts';
import type { ArtefactStorage } from '../../../src/storage/storage.ts';

let folder: string;
let reads: string[];
let remote: ArtefactStorage;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelmill-sources-'));
  reads = [];
  const storage = createFileStorage({ root: join(folder, 'storage'), publicUrl: 'http://x', secret: 'x' });
  for (const name of ['a', 'b', 'c'])
    await storage.put(`originals/${name}`, Buffer.alloc(1_000, name), { contentType: 'x' });
  // As a storage on another machine: no files of its own, and slow.
  remote = {
    ...storage,
    localPath: () => null,
    async read(key, range) {
      reads.push(key);
      await new Promise((resolve) => setTimeout(resolve, 50));
      return storage.read(key, range);
    },
  };
});
afterEach(() => rm(folder, { recursive: true }));

const { signal } = new AbortController();
const cache = (maxBytes = 1_000_000) => ({ folder: join(folder, 'cache'), maxBytes });
const cached = async () => (await readdir(join(folder, 'cache'))).length;

test('a storage with files of its own gives those', async () => {
  const own = { ...remote, localPath: (key: string) => join(folder, 'storage', key) };
  expect(await createSources(own, cache()).local('originals/a', { signal })).toBe(join(folder, 'storage/originals/a'));
  await expect(createSources(own, cache()).local('originals/z', { signal })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

test('an object is fetched once, for whoever asks at the same time or later', async () => {
  const [one, two] = [createSources(remote, cache()), createSources(remote, cache())];
  const paths = await Promise.all([one, two, one, two].map((sources) => sources.local('originals/a', { signal })));
  paths.push(await two.local('originals/a', { signal }));
  expect(new Set(paths).size).toBe(1);
  expect(await readFile(paths[0] ?? '')).toEqual(Buffer.alloc(1_000, 'a'));
  expect(reads).toEqual(['originals/a']);
  expect(await cached()).toBe(1);
});

test('bytes that end early are no source, and the next asks again', async () => {
  const broken = { ...remote, read: async () => Readable.from([Buffer.alloc(999)]) };
  await expect(createSources(broken, cache()).local('originals/a', { signal })).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
  });
  expect(await cached()).toBe(0);
  await createSources(remote, cache()).local('originals/a', { signal });
  expect(await cached()).toBe(1);
});

test('the folder stays within its bound: the least recently used goes, what is in use stays', async () => {
  const sources = createSources(remote, cache(2_500));
  const [a, b] = [await sources.local('originals/a', { signal }), await sources.local('originals/b', { signal })];
  const anHourAgo = new Date(Date.now() - 3_600_000);
  await utimes(a, anHourAgo, anHourAgo);
  await sources.local('originals/c', { signal });
  await expect(readFile(a)).rejects.toThrow('ENOENT');
  expect(await readFile(b)).toHaveLength(1_000);

  await sources.local('originals/a', { signal }); // b and c were used a moment ago: over the bound, and kept
  expect(await cached()).toBe(3);
});

test('a fetch that is called off leaves nothing, and a lock of a dead process holds nobody', async () => {
  const sources = createSources(remote, cache());
  const controller = new AbortController();
  const fetching = sources.local('originals/a', { signal: controller.signal });
  setTimeout(() => controller.abort(new Error('cancelled')), 10);
  await expect(fetching).rejects.toThrow('cancelled');
  expect(await cached()).toBe(0);

  const path = await sources.local('originals/a', { signal });
  await rm(path);
  await writeFile(`${path}.lock`, '');
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(`${path}.lock`, longAgo, longAgo);
  expect(await sources.local('originals/a', { signal })).toBe(path);
});
