import { mkdir, rename, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OutboxEntry } from '../../../src/database/database.ts';
import { deliverEntry } from '../../../src/flows/relay/deliver-entry.ts';
import { createLog } from '../../../src/log.ts';
import { startApi, type TestApi } from '../../support/api.ts';
import { openTestSystem, type TestSystem, until } from '../../support/queue.ts';
import { standInJobs } from '../../support/stand-in-jobs.ts';
import { tinyVideo } from '../../support/tiny-video.ts';
import { createUpload, sentUpload } from '../../support/upload.ts';

const content = tinyVideo('what is sent');
let api: TestApi;
let system: TestSystem;
let key: string;
beforeAll(async () => {
  api = await startApi({}, { queueOn: 'postgres' });
  system = await openTestSystem(api.urls, { storage: api.storage });
  key = await api.key();
});
afterAll(async () => {
  await system?.close();
  await api?.stop();
});

const act = (method: string, path: string, body?: unknown) => api.call(method, `/api/v1/videos/${path}`, { key, body });
const videoOf = async (id: string) => (await api.database.videos.find(id)) ?? expect.unreachable();

/** Storage knows neither parts nor an object of it, and nobody can go on with it. */
async function expectGone(upload: { video_id: string; upload_id: string; parts: unknown }, status: string) {
  const { originalKey } = await videoOf(upload.video_id);
  await expect(api.storage.listParts(originalKey, upload.upload_id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await api.storage.head(originalKey)).toBeNull();
  const complete = await act('POST', `${upload.video_id}/upload/complete`, { parts: upload.parts });
  expect([complete.status, complete.body.code]).toEqual([409, 'UPLOAD_NOT_OPEN']);
  expect((await act('GET', upload.video_id)).body).toMatchObject({ status, hls_url: null, error: null });
}

/** Does once what the outbox says, as the relay does. Gives the videos of what failed. */
async function deliver(): Promise<string[]> {
  const failed: string[] = [];
  const log = createLog({ level: 'silent', name: 'test' });
  const options = { database: api.database, queues: system.queues, storage: api.storage, jobs: standInJobs(), log };
  const deliverOne = (entry: OutboxEntry) =>
    deliverEntry(options, entry).catch((error: unknown) => {
      failed.push(entry.videoId);
      throw error;
    });
  await api.database.outbox.send(deliverOne, 100);
  return failed;
}

describe('an open upload', () => {
  test('is ended by a cancel, which may be sent again', async () => {
    const upload = await sentUpload(api, key, content);
    for (const _ of [1, 2]) expect((await act('POST', `${upload.video_id}/cancel`)).status).toBe(202);
    await expectGone(upload, 'cancelled');
    const retry = await act('POST', `${upload.video_id}/retry`);
    expect([retry.status, retry.body.code]).toEqual([409, 'VIDEO_STATE_CONFLICT']);
  });

  test('is ended by a removal, which may be sent again', async () => {
    const upload = await sentUpload(api, key, content);
    for (const _ of [1, 2]) expect((await act('DELETE', upload.video_id)).status).toBe(204);
    await expectGone(upload, 'removed');
  });

  test('is given up in time, also where a process ends between its row and its storage', async () => {
    const late = await sentUpload(api, key, content);
    // Joined, and the API ended before it wrote the row.
    const joined = await sentUpload(api, key, content);
    const { originalKey } = await videoOf(joined.video_id);
    await api.storage.completeMultipartUpload(originalKey, joined.upload_id, [
      { partNumber: 1, etag: (joined.parts[0]?.etag ?? '').replaceAll('"', '') },
    ]);
    const accepted = await sentUpload(api, key, content);
    expect((await act('POST', `${accepted.video_id}/upload/complete`, { parts: accepted.parts })).status).toBe(202);
    // The row was closed, and storage was not told.
    const half = await sentUpload(api, key, content);
    await api.database.control.cancel(half.video_id);
    expect(await api.storage.listParts((await videoOf(half.video_id)).originalKey, half.upload_id)).toHaveLength(1);

    const relay = await system.startRelay(standInJobs(), { uploadExpiresMs: 1 });
    for (const { video_id, upload_id } of [late, half]) {
      const video = await videoOf(video_id);
      await until(`storage forgets ${video_id}`, 30_000, () =>
        api.storage.listParts(video.originalKey, upload_id).then(
          () => false,
          () => true,
        ),
      );
    }
    await until('what was joined is gone', 30_000, async () => (await api.storage.head(originalKey)) === null);
    await relay.close();
    await expectGone(late, 'expired');
    await expectGone(joined, 'expired');
    await expectGone(half, 'cancelled');
    expect(await api.storage.head((await videoOf(accepted.video_id)).originalKey)).not.toBeNull();
    expect((await act('POST', `${late.video_id}/cancel`)).body.code).toBe('VIDEO_STATE_CONFLICT');
  });

  test('is ended while storage fails too, and the relay tries until its parts are gone', async () => {
    const ways = [
      ['POST', '/cancel', 202, 'cancelled'],
      ['DELETE', '', 204, 'removed'],
      ['DELETE', '/upload', 204, 'cancelled'],
    ] as const;
    const uploads = await Promise.all(
      ways.map(async ([method, path, status, state]) => {
        const upload = await sentUpload(api, key, content);
        const facts = join(api.storage.root, '.uploads', upload.upload_id, 'upload.json');
        // A folder is not read as a file.
        await rename(facts, `${facts}.aside`);
        await mkdir(facts);
        const answer = await act(method, `${upload.video_id}${path}`);
        expect([answer.status, (await videoOf(upload.video_id)).status]).toEqual([status, state]);
        return { upload, state, facts };
      }),
    );
    const ids = uploads.map(({ upload }) => upload.video_id);
    const left = await deliver();
    expect(left).toEqual(expect.arrayContaining(ids));
    for (const { facts } of uploads) {
      await rmdir(facts);
      await rename(`${facts}.aside`, facts);
    }
    expect(await deliver()).toEqual([]);
    for (const { upload, state } of uploads) await expectGone(upload, state);
  });

  test('that was refused keeps its object when its video is removed', async () => {
    const { video_id, parts } = await sentUpload(api, key, content, content.length + 1);
    expect((await act('POST', `${video_id}/upload/complete`, { parts })).body.code).toBe('UPLOAD_SIZE_MISMATCH');
    expect((await act('DELETE', video_id)).status).toBe(204);
    await act('POST', `${video_id}/upload/complete`, { parts });
    expect(await api.storage.head((await videoOf(video_id)).originalKey)).not.toBeNull();
  });
});

test('NOT_FOUND: nobody controls the video of another creator, but an operator, and he does not remove it', async () => {
  const { video_id } = await createUpload(api, key, 10);
  const stranger = await api.key();
  for (const [method, path] of [
    ['POST', `${video_id}/retry`],
    ['POST', `${video_id}/cancel`],
    ['DELETE', video_id],
  ] as const) {
    const answer = await api.call(method, `/api/v1/videos/${path}`, { key: stranger });
    expect([answer.status, answer.body.code]).toEqual([404, 'NOT_FOUND']);
  }
  const operator = await api.key({ scopes: ['videos:write', 'operate'] });
  const asOperator = async (method: string, path: string) =>
    (await api.call(method, `/api/v1/videos/${video_id}${path}`, { key: operator })).status;
  expect([await asOperator('DELETE', ''), await asOperator('DELETE', '/upload')]).toEqual([404, 404]);
  expect((await videoOf(video_id)).status).toBe('awaiting_upload');
  expect(await asOperator('POST', '/cancel')).toBe(202);
});
