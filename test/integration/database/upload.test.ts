import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { openDatabase } from '../../../src/database/open-database.ts';
import { newId } from '../../../src/ids.ts';
import { type TestDatabase, testDatabase } from '../../support/postgres.ts';

let place: TestDatabase;
let database: Database;

beforeAll(async () => {
  place = await testDatabase();
  database = await openDatabase({ url: place.url, log: pino({ level: 'silent' }) });
});
afterAll(async () => {
  await database.close();
  await place.drop();
});

async function newVideo(facts: { title?: string; filename?: string; fileSize?: number } = {}) {
  const id = newId('vid');
  return database.videos.create({
    id,
    creatorId: 'ann',
    title: facts.title ?? 'A film',
    filename: facts.filename ?? 'film.mp4',
    contentType: 'video/mp4',
    originalKey: `originals/${id}/original.mp4`,
    uploadId: 'upl_1',
    partSize: 16_777_216,
    fileSize: facts.fileSize ?? 5_000_000_000,
    priority: 'high',
    preset: 'standard',
  });
}

test('a video is kept as it was declared, sizes over 2 GiB as plain numbers', async () => {
  const video = await newVideo();
  expect(await database.videos.find(video.id)).toEqual(video);
  expect(video).toMatchObject({ status: 'awaiting_upload', fileSize: 5_000_000_000, priority: 'high', warnings: [] });
  expect(await database.videos.find('vid_none')).toBeNull();
});

test('a hostile name is kept without what Postgres cannot hold', async () => {
  const video = await newVideo({ title: 'a\0b \ud800 <script>', filename: '../\0.mp4' });
  expect(video).toMatchObject({ title: 'ab \ufffd <script>', filename: '../.mp4' });
});

test('uploaded: status, run, skeleton and outbox entry come together', async () => {
  const { id } = await newVideo();
  expect(await database.videos.uploaded(id, { etag: 'e-1', bytes: 123 })).toBe(true);

  const video = await database.videos.find(id);
  expect(video).toMatchObject({ status: 'uploaded', originalEtag: 'e-1', fileSize: 123, runId: expect.any(String) });
  const tasks = await database.videos.tasks(video?.runId ?? '');
  expect(tasks.map(({ name, status }) => [name, status])).toEqual([
    ['probe', 'pending'],
    ['split', 'pending'],
    ['package', 'pending'],
    ['finalize', 'pending'],
  ]);
  const [run] = (await database.runs.open()).filter(({ videoId }) => videoId === id);
  expect(run).toMatchObject({ runId: video?.runId, creatorId: 'ann', priority: 'high', waitsInOutbox: true });
  expect(run?.openTasks).toHaveLength(4);

  expect(await database.videos.uploaded(id, { etag: 'e-2', bytes: 1 })).toBe(false);
  expect(await database.videos.find(id)).toEqual(video);
});

test('uploaded is all or nothing: where the outbox takes no entry, nothing has happened', async () => {
  const { id } = await newVideo();
  const client = new pg.Client(place.url);
  await client.connect();
  await client.query(`ALTER TABLE outbox ADD CONSTRAINT full_disk CHECK (video_id <> '${id}')`);
  await expect(database.videos.uploaded(id, { etag: 'e', bytes: 1 })).rejects.toThrow('full_disk');

  expect(await database.videos.find(id)).toMatchObject({ status: 'awaiting_upload', runId: null });
  expect((await client.query('SELECT FROM runs WHERE video_id = $1', [id])).rowCount).toBe(0);
  await client.query('ALTER TABLE outbox DROP CONSTRAINT full_disk');
  await client.end();
  expect(await database.videos.uploaded(id, { etag: 'e', bytes: 1 })).toBe(true);
});

test('of an abort and a complete at once, one wins', async () => {
  const { id } = await newVideo();
  const [uploaded, cancelled] = await Promise.all([
    database.videos.uploaded(id, { etag: 'e', bytes: 1 }),
    database.videos.cancelUpload(id),
  ]);
  expect(uploaded).toBe(!cancelled);
  expect((await database.videos.find(id))?.status).toBe(uploaded ? 'uploaded' : 'cancelled');
});

test('a refused upload fails its video for good', async () => {
  const { id } = await newVideo();
  expect(await database.videos.refuseUpload(id, { code: 'UPLOAD_SIZE_MISMATCH', detail: '1, not 2' })).toBe(true);
  expect(await database.videos.refuseUpload(id, { code: 'INPUT_EMPTY', detail: 'later' })).toBe(false);
  const video = await database.videos.find(id);
  expect(video).toMatchObject({ status: 'failed', errorCode: 'UPLOAD_SIZE_MISMATCH', completedAt: expect.any(Date) });
  expect(await database.videos.uploaded(id, { etag: 'e', bytes: 1 })).toBe(false);
});

test('an accepted upload is not refused any more', async () => {
  const { id } = await newVideo();
  await database.videos.uploaded(id, { etag: 'e', bytes: 1 });
  expect(await database.videos.refuseUpload(id, { code: 'UPLOAD_CHECKSUM_MISMATCH', detail: 'late' })).toBe(false);
  expect(await database.videos.find(id)).toMatchObject({ status: 'uploaded', errorCode: null });
});
