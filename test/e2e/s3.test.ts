import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { creatorScopes } from '../../src/database/scopes.ts';
import { lostWorkTests } from '../chaos/lost-work.ts';
import { fetchHls } from '../support/fetch-hls.ts';
import { testFolder } from '../support/folder.ts';
import { queueOnRedis } from '../support/queue-on-redis.ts';
import { s3On, storageUrl } from '../support/s3-storage.ts';
import { sourceTimes } from '../support/source-times.ts';
import { type Swift, startSwift } from '../support/swift.ts';
import type { WholeSystem } from '../support/whole-system.ts';

const seconds = 20;
let swift: Swift;
let buckets: { bucket: string; originals: string };
/** What the API is called, and with which key. */
let api: { url: string; key: string };

beforeAll(async () => {
  swift = await startSwift();
  buckets = { bucket: await swift.bucket(), originals: await swift.bucket() };
  Object.assign(process.env, swift.environment);
});
afterAll(() => swift?.stop());

async function call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${api.key}`, 'content-type': 'application/json' };
  const response = await fetch(`${api.url}/api/v1/videos${path}`, { method, headers, body: JSON.stringify(body) });
  const answer = z.record(z.string(), z.unknown()).parse(await response.json());
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

/** As a web app does: created by the API, sent in parts from the page straight to S3, completed by the API. */
async function uploadByApi(system: WholeSystem, path: string): Promise<string> {
  const { url } = await system.startApi();
  const key = await system.database.keys.create({
    ...{ creatorId: 'creator', plan: 'standard', name: 'test', scopes: creatorScopes },
  });
  api = { url, key };
  const film = await readFile(path);
  // A box that players skip makes two parts of a small film.
  const skipped = Buffer.alloc(17 * 2 ** 20);
  skipped.writeUInt32BE(skipped.length, 0);
  skipped.write('free', 4);
  const bytes = Buffer.concat([film, skipped]);

  const body = { filename: 'film.mp4', content_type: 'video/mp4', file_size_bytes: bytes.length, title: 'A film' };
  const { video_id: id, max_chunk_size } = await call('POST', '/upload', body);
  const size = Number(max_chunk_size);
  const { parts } = await call('POST', `/${id}/upload/parts`, { part_numbers: [1, 2] });
  const signed = z.array(z.object({ part_number: z.number(), url: z.string() })).parse(parts);
  const sent = await Promise.all(
    signed.map(async ({ part_number, url: to }) => {
      expect(new URL(to).origin).toBe(swift.url);
      const part = bytes.subarray((part_number - 1) * size, part_number * size);
      const { status, headers } = await fetch(to, { method: 'PUT', body: part });
      expect(status).toBe(200);
      return { part_number, etag: headers.get('etag') };
    }),
  );
  const listed = z.object({ parts: z.array(z.unknown()) }).parse(await call('GET', `/${id}/upload/parts`));
  expect(listed.parts).toHaveLength(2);
  await call('POST', `/${id}/upload/complete`, { parts: sent });
  return String(id);
}

lostWorkTests('Redis, storage in S3', queueOnRedis(), {
  clip: { name: 's3', seconds, fps: 25, size: '426x240' },
  renditions: ['h264/240p', 'audio/aac_128k'],
  settings: async () => ({
    STORAGE_URL: storageUrl(swift, buckets.bucket, { more: { originals: buckets.originals } }),
  }),
  upload: uploadByApi,
  more(undisturbed) {
    test('a video sent straight to S3 plays from the API, every frame of it', async () => {
      const { videoId } = undisturbed();
      const video = await call('GET', `/${videoId}`);
      const renditions = await fetchHls(String(video.hls_url));
      for (const { segments } of renditions) expect(segments).toBe(seconds / 4);
      const picture = renditions.find(({ uri }) => uri.includes('240p'));
      const file = join(await testFolder('s3-play'), 'film.mp4');
      await writeFile(file, picture?.bytes ?? '');
      expect((await sourceTimes(file)).pts).toHaveLength(seconds * 25);
    });

    test('its original lies in the bucket of originals, and nothing else does', async () => {
      const originals = await s3On(swift, { bucket: buckets.originals });
      const keys: string[] = [];
      for await (const { key } of originals.list('')) keys.push(key);
      expect(keys).toContain(`originals/${undisturbed().videoId}/original.mp4`);
      expect(keys.filter((key) => !key.startsWith('originals/'))).toEqual([]);
      const main = await s3On(swift, { bucket: buckets.bucket });
      for await (const { key } of main.list('originals/')) throw new Error(`${key} lies in the main bucket`);
    });
  },
});
