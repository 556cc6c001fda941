import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { multipartEtag } from '../../../src/storage/etags.ts';
import { createSources } from '../../../src/storage/source-cache.ts';
import { testFolder } from '../../support/folder.ts';
import { attempts, bytesOf, md5, media, s3BehindFaults, short } from '../../support/s3-behind-faults.ts';

const s3 = s3BehindFaults();
const { newKey, newOriginal, read } = s3;

const flaky = [
  ['F21: two 5xx', { does: 'answer', status: 503, times: 2 }],
  ['F22: a connection that is reset, twice', { does: 'reset', times: 2 }],
  ['F22: a black hole, twice', { does: 'black hole', times: 2 }],
] as const;

test.each(flaky)('%s: a write, a look and a read are asked again', async (_, fault) => {
  const key = newKey();
  for (const method of ['PUT', 'HEAD', 'GET']) s3.proxy.next(method, /transcoded/, fault);
  const body = bytesOf(100_000);
  await s3.impatient.put(key, body, media);
  expect(await s3.impatient.head(key)).toMatchObject({ size: 100_000 });
  expect((await read(key, s3.impatient)).equals(body)).toBe(true);
  const asked = s3.proxy.seen.map((line) => line.split(' ')[0]);
  expect(asked).toEqual(['PUT', 'HEAD', 'GET'].flatMap((method) => [method, method, method]));
});

test.each(flaky)('%s, and once more: SERVICE_UNAVAILABLE, within the bound', async (_, fault) => {
  const key = newKey();
  for (const method of ['PUT', 'GET']) s3.proxy.next(method, /transcoded/, { ...fault, times: attempts });
  const error = { code: 'SERVICE_UNAVAILABLE', detail: expect.stringContaining(key) };
  const start = performance.now();
  await expect(s3.impatient.put(key, Buffer.from('a'), media)).rejects.toMatchObject(error);
  await expect(s3.impatient.read(key)).rejects.toMatchObject(error);
  expect(performance.now() - start).toBeLessThan(2 * attempts * 2_000);
});

const broken = [
  ['F22: a body that stops coming', { does: 'stall', after: 100_000 }],
  ['F23: a body that is cut short', { does: 'cut', after: 100_000 }],
] as const;

test.each(broken)('%s goes on from where it was', async (_, fault) => {
  const key = newKey();
  const body = bytesOf(1_000_000);
  await s3.storage.put(key, body, media);
  s3.proxy.clear();
  s3.proxy.next('GET', /transcoded/, { ...fault, times: attempts - 1 });
  expect((await read(key, s3.impatient)).equals(body)).toBe(true);
  expect(s3.proxy.seen.map((line) => line.split(' ')[2])).toEqual([
    undefined,
    'bytes=100000-999999',
    'bytes=200000-999999',
  ]);

  s3.proxy.next('GET', /transcoded/, fault);
  const range = { start: 500_000, end: 800_000 };
  expect((await buffer(await s3.impatient.read(key, range))).equals(body.subarray(500_000, 800_001))).toBe(true);
  expect(s3.proxy.seen.at(-1)).toMatch(/bytes=600000-800000$/);
});

test.each(broken)(
  '%s again and again: SERVICE_UNAVAILABLE; one that goes on from another object: NOT_FOUND',
  async (_, fault) => {
    const key = newKey();
    await s3.storage.put(key, bytesOf(1_000_000), media);
    s3.proxy.next('GET', /transcoded/, { ...fault, times: attempts });
    await expect(read(key, s3.impatient)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });

    s3.proxy.next('GET', /transcoded/, fault);
    const body = await s3.impatient.read(key);
    await s3.storage.remove(key);
    await s3.storage.put(key, bytesOf(900_000), media);
    await expect(buffer(body)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  },
);

test('F22: a body that only comes slowly comes', async () => {
  const key = newKey();
  await s3.storage.put(key, bytesOf(300_000), media);
  s3.proxy.clear();
  s3.proxy.next('GET', /transcoded/, { does: 'slow', piece: 30_000, pauseMs: 100 });
  expect(await read(key, s3.impatient)).toHaveLength(300_000); // takes longer than any silence may
  expect(s3.proxy.seen).toHaveLength(1);
});

test('a reader that pauses keeps its body', async () => {
  const key = newKey();
  await s3.storage.put(key, bytesOf(4 * 2 ** 20), media);
  let size = 0;
  for await (const chunk of await s3.impatient.read(key)) {
    if (size === 0) await new Promise((resolve) => setTimeout(resolve, 2 * short.idleMs));
    size += chunk.length;
  }
  expect(size).toBe(4 * 2 ** 20);
});

test('readers who pause, however many, keep nobody waiting', async () => {
  const key = newKey();
  await s3.storage.put(key, bytesOf(2 ** 20), media);
  const paused = await Promise.all(Array.from({ length: 60 }, () => s3.storage.read(key)));
  expect(await read(key)).toHaveLength(2 ** 20);
  for (const body of paused) body.destroy();
});

test('F24: a write whose answer was lost is found again, and is not taken for another’s', async () => {
  const key = newKey();
  s3.proxy.next('PUT', /transcoded/, { does: 'lose the answer' });
  expect(await s3.storage.put(key, Buffer.from('mine'), media)).toMatchObject({
    size: 4,
    etag: md5(Buffer.from('mine')),
  });
  expect(s3.proxy.seen).toHaveLength(3);
  await expect(s3.storage.put(key, Buffer.from('mine'), media)).rejects.toMatchObject({ code: 'OBJECT_EXISTS' });
});

test('F24: a complete whose answer was lost is found again by HEAD', async () => {
  const key = newOriginal();
  const body = bytesOf(1_000);
  const uploadId = await s3.storage.createMultipartUpload(key, media);
  const part = { key, uploadId, partNumber: 1, mostBytes: 1_000, expiresAt: new Date(Date.now() + 60_000) };
  await fetch(await s3.storage.signPartUrl(part), { method: 'PUT', body });
  s3.proxy.next('POST', /uploadId/, { does: 'lose the answer' });
  const object = { key, size: 1_000, etag: multipartEtag([md5(body)]) };
  const parts = [{ partNumber: 1, etag: md5(body) }];
  expect(await s3.storage.completeMultipartUpload(key, uploadId, parts)).toEqual(object);
  expect(await s3.storage.completeMultipartUpload(key, uploadId, parts)).toEqual(object);
});

test('a source is fetched whole though its download breaks off, and called off at once where storage is silent', async () => {
  const key = newOriginal();
  const body = bytesOf(3_000_000);
  await s3.storage.put(key, body, media);
  const sources = createSources(s3.impatient, { folder: await testFolder('s3-cache'), maxBytes: 10_000_000 });
  s3.proxy.next('GET', /originals/, { does: 'cut', after: 1_000_000, times: 2 });
  const { signal } = new AbortController();
  expect((await readFile(await sources.local(key, { signal }))).equals(body)).toBe(true);

  const others = createSources(s3.storage, { folder: await testFolder('s3-cache'), maxBytes: 10_000_000 });
  s3.proxy.next('GET', /originals/, { does: 'black hole' });
  const start = performance.now();
  const calledOff = others.local(key, { signal: AbortSignal.timeout(200) });
  await expect(calledOff).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(performance.now() - start).toBeLessThan(5_000);
});

test('bytes that were changed on their way are not stored', async () => {
  const key = newKey();
  s3.proxy.next('PUT', /transcoded/, { does: 'corrupt', times: 9 });
  await expect(s3.storage.put(key, bytesOf(1_000), media)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  expect(await s3.storage.head(key)).toBeNull();
});
