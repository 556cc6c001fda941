import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openLiveVideos } from '../../../src/api/live/live-videos.ts';
import { createLog } from '../../../src/log.ts';
import { startApi, type TestApi } from '../../support/api.ts';
import { seedVideo } from '../../support/seed-video.ts';

let api: TestApi;
let key: string;
let pool: pg.Pool;
const creatorId = 'creator-who-waits';

beforeAll(async () => {
  api = await startApi({}, { queueOn: 'postgres' });
  key = await api.key({ creatorId });
  pool = new pg.Pool({ connectionString: api.urls.databaseUrl, max: 2 });
});
afterAll(async () => {
  await pool?.end();
  await api?.stop();
});

const newVideo = (state: Parameters<typeof seedVideo>[1]) => seedVideo(api.database, state, { creatorId });
const videoPath = (videoId: string) => `/api/v1/videos/${videoId}`;
const statusPath = (videoId: string) => `${videoPath(videoId)}/status`;
const get = (path: string, headers: Record<string, string> = {}) => api.call('GET', path, { key, headers });
const asked = () => performance.now();

describe.each([
  ['the video', videoPath],
  ['its status', statusPath],
])('%s', (_what, pathOf) => {
  test('has an ETag, and is not sent again to whoever knows it', async () => {
    const { videoId, runId } = await newVideo('uploaded');
    const first = await get(pathOf(videoId));
    const tag = first.headers.get('etag') ?? '';
    expect(tag).toMatch(/^(W\/)?"[\w.-]+"$/);
    const again = await get(pathOf(videoId), { 'if-none-match': tag });
    expect([again.status, again.body, again.headers.get('etag')]).toEqual([304, '', tag]);
    await api.database.jobPorts('wrk_1').videos.advance({ videoId, runId }, 'probing');
    const changed = await get(pathOf(videoId), { 'if-none-match': tag });
    expect([changed.status, changed.body.status]).toEqual([200, 'probing']);
    expect(changed.headers.get('etag')).not.toBe(tag);
  });

  test('WAIT_TIMEOUT: nothing has changed in the time that the client would wait', async () => {
    const { videoId } = await newVideo('transcoding');
    const tag = (await get(pathOf(videoId))).headers.get('etag') ?? '';
    for (const condition of [{}, { 'if-none-match': tag }] as Record<string, string>[]) {
      const before = asked();
      const late = await get(pathOf(videoId), { prefer: 'wait=1', ...condition });
      expect(late).toMatchObject({ status: 408, body: { code: 'WAIT_TIMEOUT', retryable: true } });
      expect(late.headers.get('etag')).toBe(tag);
      expect(late.headers.get('preference-applied')).toBe('wait=1');
      expect(late.headers.get('retry-after')).toBe('0');
      expect(asked() - before).toBeGreaterThan(950);
    }
  });

  test('comes as soon as it is another where the client knows it, and as soon as the video is final where not', async () => {
    const { videoId, runId } = await newVideo('uploaded');
    const tag = (await get(pathOf(videoId))).headers.get('etag') ?? '';
    const changed = get(pathOf(videoId), { prefer: 'wait=30', 'if-none-match': tag });
    const final = get(pathOf(videoId), { prefer: 'wait=3600' });
    await expect.poll(() => api.live.seats.taken).toBe(2);

    const before = asked();
    await api.database.jobPorts('wrk_1').videos.advance({ videoId, runId }, 'probing');
    expect(await changed).toMatchObject({ status: 200, body: { status: 'probing' } });
    expect(asked() - before).toBeLessThan(20_000);
    await api.database.tasks.failed({ runId, name: 'probe' }, { code: 'INPUT_EMPTY', detail: 'nothing' });
    const answer = await final;
    expect(answer).toMatchObject({ status: 200, body: { status: 'failed' } });
    expect(answer.headers.get('preference-applied')).toBe('wait=60');
    // A video that is final, or another than the client knows, is nothing to wait for.
    expect(await get(pathOf(videoId), { prefer: 'wait=30' })).toMatchObject({ status: 200 });
    expect(await get(pathOf(videoId), { prefer: 'wait=30', 'if-none-match': tag })).toMatchObject({ status: 200 });
    await expect.poll(() => api.live.seats.taken).toBe(0);
  });
});

test('an estimate moves with the clock, and the tag does not', async () => {
  const { videoId, runId } = await newVideo('transcoding');
  await pool.query(
    `UPDATE transcoding_tasks SET status = 'completed', progress = 1 WHERE run_id = $1 AND type IN ('probe', 'split')`,
    [runId],
  );
  await pool.query(
    `INSERT INTO transcoding_tasks (id, run_id, video_id, name, type, fingerprint, status, progress)
     VALUES ('task_live', $1, $2, 'encode.h264.0000.all', 'transcode', 'x', 'running', 0.5)`,
    [runId, videoId],
  );
  const first = await get(statusPath(videoId));
  await wait(30);
  const second = await get(statusPath(videoId));
  expect(second.body.estimated_completion).not.toBe(first.body.estimated_completion);
  expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
});

test('a change that nobody told of is found all the same', async () => {
  const { videoId } = await newVideo('transcoding');
  const waiting = get(statusPath(videoId), { prefer: 'wait=30' });
  await expect.poll(() => api.live.seats.taken).toBe(1);
  await pool.query(`UPDATE videos SET status = 'failed', error_code = 'INPUT_EMPTY' WHERE id = $1`, [videoId]);
  expect(await waiting).toMatchObject({ status: 200, body: { status: 'failed' } });
});

test('a hundred who wait cost Postgres one reading a change', async () => {
  const { videoId, runId } = await newVideo('uploaded');
  let reads = 0;
  const videos = {
    ...api.database.videos,
    find: (id: string) => {
      reads += 1;
      return api.database.videos.find(id);
    },
  };
  const live = await openLiveVideos({
    database: { ...api.database, videos },
    log: createLog({ level: 'silent', name: 'test' }),
    limits: { perKey: 0, all: 0 },
    timings: { netMs: 60_000 },
  });
  onTestFinished(() => live.close());
  const followers = Array.from({ length: 100 }, () => live.follow(videoId));
  // The first of them was read for before the others came.
  while ((await Promise.all(followers.map((follower) => follower.next(800)))).some((state) => state !== null));
  reads = 0;
  await api.database.jobPorts('wrk_1').videos.advance({ videoId, runId }, 'probing');
  const states = await Promise.all(followers.map((follower) => follower.next(3_000)));
  expect(states.map((state) => state !== 'gone' && state?.video.status)).toEqual(Array(100).fill('probing'));
  expect(reads).toBe(1);
  for (const follower of followers) follower.close();
});

test('RATE_LIMITED: the tokens of an upload hold five places together, and none of those of the key that made them', async () => {
  const small = await startApi(
    {},
    { queueOn: 'postgres', databaseUrl: api.urls.databaseUrl, live: { limits: { perKey: 1, all: 0 } } },
  );
  onTestFinished(() => small.stop());
  const { videoId } = await newVideo('awaiting_upload');
  const token = async () =>
    (await small.call('POST', `${videoPath(videoId)}/upload-token`, { key, body: {} })).body.token;
  const tokens = [await token(), await token()];
  const left = new AbortController();
  const hold = (bearer = key) =>
    fetch(`${small.url}${statusPath(videoId)}`, {
      headers: { authorization: `Bearer ${bearer}`, prefer: 'wait=30' },
      signal: left.signal,
    }).catch(() => null);
  const held = Array.from({ length: 5 }, (_, index) => hold(tokens[index % 2]));
  await expect.poll(() => small.live.seats.taken).toBe(5);
  expect((await hold(tokens[0]))?.status).toBe(429);
  held.push(hold());
  await expect.poll(() => small.live.seats.taken).toBe(6);
  left.abort();
  await Promise.all(held);
});

test('a client that goes frees its place', async () => {
  const { videoId } = await newVideo('transcoding');
  const gone = new AbortController();
  const waiting = fetch(`${api.url}${statusPath(videoId)}`, {
    headers: { authorization: `Bearer ${key}`, prefer: 'wait=60' },
    signal: gone.signal,
  });
  await expect.poll(() => api.live.seats.taken).toBe(1);
  gone.abort();
  await expect(waiting).rejects.toThrow();
  await expect.poll(() => api.live.seats.taken).toBe(0);
});

test('the end of a process answers all who wait', async () => {
  const other = await startApi({}, { queueOn: 'postgres', databaseUrl: api.urls.databaseUrl });
  onTestFinished(() => other.stop());
  const { videoId } = await newVideo('transcoding');
  const waiting = other.call('GET', statusPath(videoId), { key, headers: { prefer: 'wait=60' } });
  await expect.poll(() => other.live.seats.taken).toBe(1);
  const before = asked();
  await other.stop();
  const answer = await waiting;
  expect(answer).toMatchObject({ status: 408, body: { code: 'WAIT_TIMEOUT' } });
  expect(answer.headers.get('retry-after')).toBe('1');
  expect(asked() - before).toBeLessThan(900); // the server cuts what is left after 1 s
});

test('each process says the same of a run that took the place of another: progress does not go back', async () => {
  const { videoId, runId } = await newVideo('transcoding');
  await pool.query(
    `INSERT INTO transcoding_tasks (id, run_id, video_id, name, type, fingerprint, status, progress)
     SELECT 'task_' || $1::text || n, $1::text, $2::text, 'encode.h264.000' || n || '.all', 'transcode'::"TaskType", 'f' || n, 'completed'::"TaskStatus", 1 FROM generate_series(1, 4) n
     UNION ALL SELECT 'task_' || $1::text, $1::text, $2::text, 'encode.h264.0009.all', 'transcode', 'f9', 'running', 0.3`,
    [runId, videoId],
  );
  await pool.query(
    `UPDATE transcoding_tasks SET status = 'completed' WHERE run_id = $1 AND type IN ('probe', 'split')`,
    [runId],
  );
  const percent = async () => {
    const { percent: ofVideo, transcode } = (await get(statusPath(videoId))).body.pipeline_progress;
    return [ofVideo, transcode.percent];
  };
  // no sound and no thumbnails: 0.02 + 0.01 + 0.87 x 4.3 / 5 of 0.95
  const reached = [81, 86];
  expect(await percent()).toEqual(reached);
  expect(await api.database.runs.rebuild(runId, 'the queue was lost')).toMatch(/^run_/);
  expect(await percent()).toEqual(reached);

  await api.database.control.cancel(videoId);
  await api.database.control.retry(videoId, undefined); // keeps what is made
  expect(await percent()).toEqual(reached);
  await api.database.control.cancel(videoId);
  await api.database.control.retry(videoId, 'transcode'); // makes it anew
  expect(await percent()).toEqual([3, 0]);
});
