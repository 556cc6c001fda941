import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startApi, type TestApi } from '../../support/api.ts';
import { type EventStream, openEventStream } from '../../support/event-stream.ts';
import { seedVideo } from '../../support/seed-video.ts';

let api: TestApi;
let key: string;
let pool: pg.Pool;
const creatorId = 'creator-of-events';

beforeAll(async () => {
  api = await startApi(
    {},
    { queueOn: 'postgres', live: { timings: { authoriseMs: 300, heartbeatMs: 400, stallMs: 3_000 } } },
  );
  key = await api.key({ creatorId });
  pool = new pg.Pool({ connectionString: api.urls.databaseUrl, max: 1 });
});
afterAll(async () => {
  await pool?.end();
  await api?.stop();
});

const pathOf = (videoId: string) => `/api/v1/videos/${videoId}/events`;

async function stream(videoId: string, lastId?: string, of = key): Promise<EventStream> {
  const headers = { authorization: `Bearer ${of}` };
  const opened = await openEventStream(`${api.url}${pathOf(videoId)}`, { ...(lastId && { lastId }), headers });
  onTestFinished(() => opened.cut());
  return opened;
}

const idsOf = ({ events }: EventStream) => events.flatMap(({ id }) => (id === null ? [] : [id]));
const newVideo = (state: Parameters<typeof seedVideo>[1], facts = {}) =>
  seedVideo(api.database, state, { creatorId, ...facts });

describe('as JSON', () => {
  test('the events of a video are listed, oldest first, page by page', async () => {
    const { videoId, runId } = await newVideo('failed');
    const { body } = await api.call('GET', pathOf(videoId), { key });
    expect(body.events.map(({ type, data }: never) => [type, data])).toEqual([
      ['created', { status: 'awaiting_upload' }],
      ['status', { status: 'uploaded', from: 'awaiting_upload' }],
      ['run', { run_id: runId }],
      ['status', { status: 'failed', from: 'uploaded', run_id: runId, error_code: 'INPUT_NOT_MEDIA' }],
    ]);
    expect(body.next_cursor).toBeNull();

    const first = await api.call('GET', `${pathOf(videoId)}?limit=3`, { key });
    expect(first.body.events).toEqual(body.events.slice(0, 3));
    const rest = await api.call('GET', `${pathOf(videoId)}?limit=3&after=${first.body.next_cursor}`, { key });
    expect(rest.body).toEqual({ events: body.events.slice(3), next_cursor: null });
  });

  test('another creator’s are not there, and what is no id is malformed', async () => {
    const { videoId } = await newVideo('uploaded');
    const other = await api.key();
    expect(await api.call('GET', pathOf(videoId), { key: other })).toMatchObject({ status: 404 });
    expect((await stream(videoId, '0', other)).status).toBe(404);
    expect(await api.call('GET', `${pathOf(videoId)}?after=x`, { key })).toMatchObject({ status: 400 });
    expect((await stream(videoId, 'x')).status).toBe(400);
  });
});

describe('as a stream', () => {
  test('what was comes first, then what comes; it ends with the final state, and a client that has all gets 204', async () => {
    const { videoId, runId } = await newVideo('uploaded');
    const opened = await stream(videoId);
    expect([opened.status, opened.headers['content-type'], opened.headers['x-accel-buffering']]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
      'no',
    ]);
    const started = await opened.until(({ event }) => event === 'progress');
    expect(started).toMatchObject({ id: null, data: { video_id: videoId, status: 'uploaded' } });
    expect(opened.text()).toMatch(/^retry: \d+\n\n/);

    await api.database.jobPorts('wrk_1').videos.advance({ videoId, runId }, 'probing');
    await opened.until(({ event, data }) => event === 'status' && data.data.status === 'probing');
    await api.database.tasks.failed({ runId, name: 'probe' }, { code: 'INPUT_EMPTY', detail: 'nothing in it' });
    await opened.ended;
    const listed = (await api.call('GET', pathOf(videoId), { key })).body.events;
    expect(opened.events.filter(({ id }) => id !== null).map(({ data }) => data)).toEqual(listed);
    expect(opened.events.slice(-2)).toMatchObject([
      { event: 'progress', data: { status: 'failed', pipeline_progress: { probe: 'failed' } } },
      { event: 'end', data: { status: 'failed' } },
    ]);

    expect((await stream(videoId, listed.at(-1).id)).status).toBe(204);
    const again = await stream(videoId, listed.at(-2).id);
    await again.ended;
    expect(again.events.map(({ event }) => event)).toEqual(['status', 'progress', 'end']);
  });

  test('a heartbeat comes in the silence, and nothing is told twice', async () => {
    const { videoId } = await newVideo('transcoding');
    const opened = await stream(videoId);
    await expect
      .poll(
        () =>
          opened
            .text()
            .split('\n')
            .filter((line) => line === ':').length,
      )
      .toBeGreaterThan(1);
    expect(opened.events.filter(({ event }) => event === 'progress')).toHaveLength(1);
  });

  test('progress is told when it changes, at most once a second', async () => {
    const { videoId, runId } = await newVideo('uploaded');
    const opened = await stream(videoId);
    await opened.until(({ event }) => event === 'progress');
    const began = performance.now();
    const { tasks } = api.database.jobPorts('wrk_1');
    const task = await tasks.take({ videoId, runId, name: 'probe' });
    await opened.until(({ event, data }) => event === 'progress' && data.pipeline_progress.probe === 'running');
    await tasks.commit(task, []);
    await opened.until(({ event, data }) => event === 'progress' && data.pipeline_progress.probe === 'completed');
    expect(performance.now() - began).toBeGreaterThan(1_900);
  });

  test('a revoked key loses its stream', async () => {
    const { videoId } = await newVideo('transcoding');
    const lent = await api.key({ creatorId });
    const opened = await stream(videoId, undefined, lent);
    await opened.until(({ event }) => event === 'progress');
    const keyId = (await api.database.keys.owner(lent))?.keyId ?? '';
    await api.database.keys.revoke(keyId, { keepAdmin: false });
    await opened.ended;
    expect(opened.events.at(-1)?.event).toBe('progress');
  });

  test('a browser session opens one, and the upload token of its video', async () => {
    const { videoId } = await newVideo('awaiting_upload');
    const keyId = (await api.database.keys.owner(key))?.keyId ?? '';
    const soon = new Date(Date.now() + 60_000);
    const link = await api.database.keys.createLogin(keyId, { expiresAt: soon });
    const session = await api.database.keys.redeemLogin(link, { sessionExpiresAt: soon });
    const url = `${api.url}${pathOf(videoId)}`;
    const browser = await openEventStream(url, {
      headers: { cookie: `reelmill_session=${session}`, 'sec-fetch-site': 'same-origin' },
    });
    await browser.until(({ event }) => event === 'progress');
    browser.cut();

    const { body } = await api.call('POST', `/api/v1/videos/${videoId}/upload-token`, { key });
    const uploading = await stream(videoId, undefined, body.token);
    await uploading.until(({ event }) => event === 'progress');
    const other = await newVideo('awaiting_upload');
    expect((await stream(other.videoId, undefined, body.token)).status).toBe(404);
  });

  test('the end of a process ends them', async () => {
    const ending = await startApi(
      {},
      { queueOn: 'postgres', databaseUrl: api.urls.databaseUrl, closeTimeoutMs: 60_000 },
    );
    const { videoId } = await newVideo('transcoding');
    const opened = await openEventStream(`${ending.url}${pathOf(videoId)}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    await opened.until(({ event }) => event === 'progress');
    const before = performance.now();
    await ending.stop();
    await opened.ended;
    expect(performance.now() - before).toBeLessThan(30_000); // the server cuts what is left after 60 s
  });

  test('a client that goes frees its place', async () => {
    const { videoId } = await newVideo('transcoding');
    const before = api.live.seats.taken;
    const opened = await stream(videoId);
    expect(api.live.seats.taken).toBe(before + 1);
    opened.cut();
    await expect.poll(() => api.live.seats.taken).toBe(before);
  });
});

test('every change through the product is an event, in the order in which it came', async () => {
  const { database } = api;
  const { videoId, runId } = await newVideo('uploaded', { title: 'First' });
  const first = database.jobPorts('wrk_1').videos;
  await first.advance({ videoId, runId }, 'probing');
  await first.advance({ videoId, runId }, 'probing'); // done already: no event
  await api.call('PATCH', `/api/v1/videos/${videoId}`, { key, body: { title: 'Second' } });
  const operator = await api.key({ scopes: ['operate'] });
  await api.call('POST', `/api/v1/videos/${videoId}/priority`, { key: operator, body: { priority: 'urgent' } });
  const rebuilt = await database.runs.rebuild(runId, 'the queue was lost');
  await api.call('POST', `/api/v1/videos/${videoId}/cancel`, { key });
  const retried = await api.call('POST', `/api/v1/videos/${videoId}/retry`, { key });
  const lastRun = (await database.videos.find(videoId))?.runId ?? '';
  await database.tasks.failed({ runId: lastRun, name: 'probe' }, { code: 'INPUT_EMPTY', detail: 'nothing' });
  await database.runs.reopen({ runId: lastRun, name: 'probe' });
  await api.call('DELETE', `/api/v1/videos/${videoId}`, { key });

  expect(retried.status).toBe(202);
  const events = await database.events.after(videoId, '0', 100);
  expect(events.map(({ type, data }) => [type, data.status ?? data.title ?? data.priority ?? data.run_id])).toEqual([
    ['created', 'awaiting_upload'],
    ['status', 'uploaded'],
    ['run', runId],
    ['status', 'probing'],
    ['title', 'Second'],
    ['priority', 'urgent'],
    ['run', rebuilt],
    ['status', 'cancelled'],
    ['status', 'uploaded'],
    ['run', lastRun],
    ['status', 'failed'],
    ['status', 'probing'],
    ['status', 'removed'],
  ]);
  const ready = await newVideo('ready');
  expect((await database.events.after(ready.videoId, '0', 100)).at(-1)?.data.status).toBe('ready');
});

test('RATE_LIMITED: a key holds so many streams and waits open, a process so many', async () => {
  const small = await startApi(
    {},
    { queueOn: 'postgres', databaseUrl: api.urls.databaseUrl, live: { limits: { perKey: 2, all: 3 } } },
  );
  onTestFinished(() => small.stop());
  const { videoId } = await newVideo('transcoding');
  const open = async (of: string) => {
    const opened = await openEventStream(`${small.url}${pathOf(videoId)}`, {
      headers: { authorization: `Bearer ${of}` },
    });
    onTestFinished(() => opened.cut());
    return opened;
  };
  const second = await api.key({ creatorId });
  const first = await open(key);
  expect([first.status, (await open(key)).status]).toEqual([200, 200]);
  const refused = await small.call('GET', `/api/v1/videos/${videoId}/status`, { key, headers: { prefer: 'wait=5' } });
  expect(refused).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect([(await open(second)).status, (await open(second)).status]).toEqual([200, 429]);
  first.cut();
  await expect.poll(async () => (await open(key)).status).toBe(200);
});

test('a slow reader gets every event and only the newest progress', async () => {
  const { videoId } = await newVideo('transcoding');
  const opened = await stream(videoId);
  await opened.until(({ event }) => event === 'progress');
  opened.pause();
  await changeTitle(videoId, 3_000);
  const before = process.memoryUsage().rss;
  await wait(1_500);
  expect(process.memoryUsage().rss - before).toBeLessThan(60 * 2 ** 20);
  opened.resume();
  const last = await opened.until(({ data }) => data.data?.title?.startsWith('3000 '));
  expect(last.event).toBe('title');
  const titles = opened.events
    .filter(({ event }) => event === 'title')
    .map(({ data }) => Number.parseInt(data.data.title, 10));
  expect(titles).toEqual(Array.from({ length: 3_000 }, (_, index) => index + 1));
  expect(idsOf(opened)).toEqual([...new Set(idsOf(opened))]);
});

test('who reads nothing for too long loses the stream', async () => {
  const { videoId } = await newVideo('transcoding');
  const before = api.live.seats.taken;
  const opened = await stream(videoId);
  await opened.until(({ event }) => event === 'progress');
  opened.pause();
  await changeTitle(videoId, 3_000);
  await expect.poll(() => api.live.seats.taken, { timeout: 15_000 }).toBe(before);
  opened.resume();
  await opened.ended;
  expect(opened.events.at(-1)?.data.data.title).not.toMatch(/^3000 /);
});

/** So many changes at once, each of 5 kB. */
const changeTitle = (videoId: string, times: number) =>
  pool.query(
    `DO $$ BEGIN FOR n IN 1..${times} LOOP UPDATE videos SET title = n || repeat(' long', 1000) WHERE id = '${videoId}'; END LOOP; END $$`,
  );
