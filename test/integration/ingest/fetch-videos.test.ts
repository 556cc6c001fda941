import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { VideoRow } from '../../../src/database/database.ts';
import { type FetchOptions, fetchNext, retryAfterMs } from '../../../src/flows/relay/fetch-videos.ts';
import { startFetching } from '../../../src/flows/relay/start-fetching.ts';
import { newId } from '../../../src/ids.ts';
import { createLog } from '../../../src/log.ts';
import { createFileStorage, type FileStorage } from '../../../src/storage/file-storage.ts';
import { originalKey } from '../../../src/storage/keys.ts';
import { testFolder } from '../../support/folder.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';

const film = Buffer.from('the bytes of a film');
let status = 200;
let onRequest: () => Promise<void> = async () => {};
const server = createServer(async (_, response) => {
  await onRequest();
  response.writeHead(status).end(film);
});
const root = await testFolder('fetched', afterAll);
const fetching = await testFolder('fetching', afterAll);
let open: OpenTestDatabase;
let storage: FileStorage;
let options: FetchOptions;
let url: string;

beforeAll(async () => {
  open = await openTestDatabase();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/film.mp4?signature=secret`;
  storage = createFileStorage({ root, publicUrl: 'http://localhost', secret: 'a secret of thirty-two characters!' });
  options = {
    database: open.database,
    storage,
    folder: fetching,
    allowedNetworks: ['127.0.0.0/8'],
    maxBytes: 1_000,
    timeoutMs: 5_000,
    log: createLog({ level: 'silent', name: 'test' }),
  };
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await open.close();
});
beforeEach(() => {
  status = 200;
  onRequest = async () => {};
});

async function waiting(
  sourceUrl = url,
  row: Partial<Pick<VideoRow, 'creatorId' | 'priority'>> = {},
): Promise<VideoRow> {
  const id = newId('vid');
  return open.database.videos.create({
    ...{ id, creatorId: 'ann', title: 'A film', filename: 'film.mp4', contentType: 'application/octet-stream' },
    ...{ originalKey: originalKey(id, 'film.mp4'), uploadId: null, partSize: 0, fileSize: 0 },
    ...{ priority: 'normal', preset: 'standard', sourceUrl, ...row },
  });
}
const never = new AbortController().signal;
const next = (changed: Partial<FetchOptions> = {}) => fetchNext({ ...options, ...changed }, never);
const rowOf = async ({ id }: VideoRow) => (await open.query('SELECT * FROM videos WHERE id = $1', [id]))[0] ?? {};
/** As if the wait were over. */
const dueAgain = ({ id }: VideoRow) =>
  open.query(`UPDATE videos SET fetch_after = now() - interval '1 s' WHERE id = $1`, [id]);

test('what is fetched goes on as an upload does; its URL loses what can be a signature, and nothing is left behind', async () => {
  const video = await waiting();
  expect(await next()).toBe(true);
  expect(await rowOf(video)).toMatchObject({
    status: 'uploaded',
    file_size: String(film.length),
    source_url: url.replace(/\?.*/, ''),
  });
  expect((await buffer(await storage.read(video.originalKey))).equals(film)).toBe(true);
  expect(await open.query('SELECT topic FROM outbox WHERE video_id = $1', [video.id])).toEqual([
    { topic: 'run.submit' },
  ]);
  expect(await readdir(options.folder)).toEqual([]);
  expect(await next()).toBe(false);
});

test('of two processes one fetches; a dead one’s is taken up when its time is over', async () => {
  const video = await waiting();
  expect((await open.database.ingest.take(30_000))?.id).toBe(video.id);
  expect(await next()).toBe(false);
  await dueAgain(video);
  expect(await next()).toBe(true);
  expect(await rowOf(video)).toMatchObject({ status: 'uploaded', fetch_attempts: 2 });
});

test('the urgent go first, then who has the fewest under way, then the oldest; two that ask at once as well', async () => {
  const of = (creatorId: string, priority: VideoRow['priority'] = 'normal') => waiting(url, { creatorId, priority });
  const [a1, a2, b1, a3, c1] = [await of('a'), await of('a'), await of('b'), await of('a'), await of('c', 'high')];
  const take = async () => (await open.database.ingest.take(30_000))?.id;
  expect(await take()).toBe(c1.id);
  expect((await Promise.all([take(), take()])).sort()).toEqual([a1.id, b1.id].sort());
  await open.database.ingest.putBack(a1.id, 60_000, true);
  const b2 = await of('b');
  expect([await take(), await take(), await take(), await take()]).toEqual([a2.id, a3.id, b2.id, undefined]);
  await open.query(`UPDATE videos SET status = 'cancelled' WHERE status = 'awaiting_upload'`);
});

test('SERVICE_UNAVAILABLE: where the disk has no room nobody is asked, and it waits, however often', async () => {
  const video = await waiting();
  onRequest = async () => expect.unreachable();
  for (let turn = 1; turn <= 4; turn += 1) {
    expect(await next({ spareBytes: 2 ** 50 })).toBe(false);
    expect(await rowOf(video)).toMatchObject({ status: 'awaiting_upload', fetch_attempts: 0, started_at: null });
    expect(await next()).toBe(false);
    await dueAgain(video);
  }
  onRequest = async () => {};
  expect(await next()).toBe(true);
});

test('a crash between object and row: the object is found, and not fetched again', async () => {
  const video = await waiting('http://127.0.0.1:1/gone.mp4');
  await storage.put(video.originalKey, film, { contentType: 'video/mp4' });
  expect(await next()).toBe(true);
  expect(await rowOf(video)).toMatchObject({ status: 'uploaded' });
});

test('INGEST_FAILED: a server in trouble is asked three times, each time later', async () => {
  status = 503;
  const video = await waiting();
  for (const attempt of [1, 2, 3]) {
    expect(await next()).toBe(true);
    expect(await next()).toBe(false);
    expect(await rowOf(video)).toMatchObject({
      status: attempt < 3 ? 'awaiting_upload' : 'failed',
      fetch_attempts: attempt,
    });
    await dueAgain(video);
  }
  expect(await rowOf(video)).toMatchObject({ error_code: 'INGEST_FAILED', error_detail: 'The server answered 503.' });
  expect([1, 2].map(retryAfterMs)).toEqual([5_000, 20_000]);
});

test.each([
  ['INGEST_FAILED', 404, undefined],
  ['UPLOAD_TOO_LARGE', 200, { maxBytes: 10 }],
  ['INGEST_URL_REFUSED', 200, { allowedNetworks: [] }],
] as const)('%s is final at once where asking again changes nothing', async (code, answer, changed) => {
  status = answer;
  const video = await waiting();
  expect(await next(changed)).toBe(true);
  expect(await rowOf(video)).toMatchObject({
    status: 'failed',
    error_code: code,
    source_url: expect.not.stringContaining('secret'),
  });
  expect(await storage.head(video.originalKey)).toBeNull();
  expect(await readdir(options.folder)).toEqual([]);
});

test('INGEST_FAILED: it took longer than it may', async () => {
  onRequest = () => new Promise((resolve) => setTimeout(resolve, 2_000));
  const video = await waiting();
  expect(await next({ timeoutMs: 200 })).toBe(true);
  await open.query(`UPDATE videos SET status = 'cancelled' WHERE id = $1`, [video.id]);
  expect(await readdir(options.folder)).toEqual([]);
});

test('cancelled on its way: no run is made of it', async () => {
  const video = await waiting();
  onRequest = async () => void (await open.database.videos.cancelUpload(video.id));
  expect(await next()).toBe(true);
  expect(await rowOf(video)).toMatchObject({ status: 'cancelled', run_id: null });
});

test('a storage that hangs keeps nobody from stopping', async () => {
  const video = await waiting();
  const asked = new AbortController();
  const putFile = () => {
    asked.abort();
    return new Promise<never>(() => {});
  };
  const fetching = await startFetching({ ...options, storage: { ...storage, putFile } }, { pollMs: 1_000, lanes: 1 });
  if (!asked.signal.aborted) await once(asked.signal, 'abort');
  await fetching.close();
  expect(await rowOf(video)).toMatchObject({ status: 'awaiting_upload', fetch_attempts: 0 });
  expect(await next()).toBe(true);
});

test('a process that is told to stop gives it back at once', async () => {
  const video = await waiting();
  const stop = new AbortController();
  onRequest = async () => stop.abort();
  await fetchNext(options, stop.signal);
  expect(await rowOf(video)).toMatchObject({ status: 'awaiting_upload' });
  onRequest = async () => {};
  expect(await next()).toBe(true);
  expect(await rowOf(video)).toMatchObject({ status: 'uploaded' });
});
