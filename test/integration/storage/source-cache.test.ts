import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
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
const bytesCached = async () => {
  const names = (await readdir(join(folder, 'cache'))).filter((name) => !name.endsWith('.lock'));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, 'cache', name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
};

/** Real processes, one for each list of keys, that begin at the same moment; gives what each got, and what was downloaded. */
async function fetchInProcesses(lists: string[][], cacheFolders = lists.map(() => join(folder, 'cache'))) {
  const children = lists.map((keys, position) =>
    fork(
      new URL('../../support/fetching-process.ts', import.meta.url),
      [join(folder, 'storage'), cacheFolders[position] ?? '', '1000000', ...keys],
      { execArgv: ['--import', 'tsx'] },
    ),
  );
  await Promise.all(children.map((child) => once(child, 'message')));
  const answers = children.map((child) => Promise.all([once(child, 'message'), once(child, 'exit')]));
  for (const child of children) child.send('go');
  const paths: string[][] = (await Promise.all(answers)).map(([[message]]) => message);
  const downloads = (await readFile(join(folder, 'reads'), 'utf8')).trim().split('\n').sort();
  return { paths, downloads };
}

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

test('processes that ask for the same at once make one download each, and no more', async () => {
  const keys = ['originals/a', 'originals/b'];
  const { paths, downloads } = await fetchInProcesses([keys, keys, [...keys].reverse()]);
  expect(downloads).toEqual(keys);
  expect(paths[1]).toEqual(paths[0]);
  expect(await readFile(paths[2]?.[1] ?? '')).toEqual(Buffer.alloc(1_000, 'a'));
  expect(await cached()).toBe(2);
});

test('processes with folders of their own do not know of each other', async () => {
  const keys = ['originals/a'];
  const { paths, downloads } = await fetchInProcesses([keys, keys], [join(folder, 'cache'), join(folder, 'other')]);
  expect(downloads).toEqual(['originals/a', 'originals/a']);
  expect(paths.flat()[0]).not.toBe(paths.flat()[1]);
});

test('SERVICE_UNAVAILABLE: bytes that end early are no source, and the next asks again', async () => {
  const broken = { ...remote, read: async () => Readable.from([Buffer.alloc(999)]) };
  await expect(createSources(broken, cache()).local('originals/a', { signal })).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
  });
  expect(await cached()).toBe(0);
  const endless = { ...remote, read: async () => Readable.from(Array.from({ length: 100 }, () => Buffer.alloc(999))) };
  await expect(createSources(endless, cache()).local('originals/a', { signal })).rejects.toMatchObject({
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

test('more sources than fit go through a folder that stays within its bound, also where they are fetched at once', async () => {
  const sources = createSources(remote, cache(2_500));
  const longAgo = new Date(Date.now() - 3_600_000);
  for (const key of ['originals/a', 'originals/b', 'originals/c', 'originals/a', 'originals/b']) {
    const path = await sources.local(key, { signal });
    await utimes(path, longAgo, longAgo);
    expect(await bytesCached()).toBeLessThanOrEqual(2_500);
  }
  // Both wanted, one file may stay: neither counts on the room that the other one takes.
  await rm(join(folder, 'cache'), { recursive: true });
  await utimes(await sources.local('originals/c', { signal }), longAgo, longAgo);
  await Promise.all(['originals/a', 'originals/b'].map((key) => sources.local(key, { signal })));
  expect(await bytesCached()).toBe(2_000);
});

test('what dead processes left half fetched goes, what is being fetched stays', async () => {
  await createSources(remote, cache()).local('originals/a', { signal });
  const [dead, living] = ['d', 'e'].map((letter) => join(folder, 'cache', letter.repeat(64)));
  await writeFile(`${dead}.1.partial`, 'x');
  await writeFile(`${living}.1.partial`, 'x');
  await writeFile(`${living}.lock`, '');
  await createSources(remote, cache()).local('originals/b', { signal });
  const names = await readdir(join(folder, 'cache'));
  expect(names).not.toContain(`${'d'.repeat(64)}.1.partial`);
  expect(names).toContain(`${'e'.repeat(64)}.1.partial`);
});

test('a source stays in use for as long as its job runs', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    const job = new AbortController();
    const path = await createSources(remote, cache()).local('originals/a', { signal: job.signal });
    const longAgo = new Date(Date.now() - 3_600_000);
    const isFresh = async () => Date.now() - (await stat(path)).mtimeMs < 60_000;
    await utimes(path, longAgo, longAgo);
    vi.advanceTimersByTime(10 * 60_000);
    await expect.poll(isFresh).toBe(true);

    job.abort();
    await utimes(path, longAgo, longAgo);
    vi.advanceTimersByTime(10 * 60_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await isFresh()).toBe(false);
  } finally {
    vi.useRealTimers();
  }
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
