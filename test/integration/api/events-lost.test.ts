import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi, type TestApi } from '../../support/api.ts';
import { openEventStream, type StreamEvent } from '../../support/event-stream.ts';
import { cloneDatabase } from '../../support/postgres-databases.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres-server.ts';
import { seedVideo } from '../../support/seed-video.ts';

let server: PostgresServer;
let url: string;
let api: TestApi;
let key: string;

beforeAll(async () => {
  server = await startPostgres();
  url = await cloneDatabase(server.url);
  api = await startApi({}, { databaseUrl: url });
  key = await api.key({ creatorId: 'creator-1' });
});
afterAll(async () => {
  await api?.stop();
  await server?.stop();
});

const connections = 50;

test('over fifty cut connections and a restart of Postgres no event is lost, none comes twice, and all are in order', async () => {
  const { videoId, runId } = await seedVideo(api.database, 'transcoding');
  const over = new AbortController();
  const written = writeOn(videoId, over.signal);
  const headers = { authorization: `Bearer ${key}` };
  const eventsUrl = `${api.url}/api/v1/videos/${videoId}/events`;
  const got: StreamEvent[] = [];
  let cuts = 0;

  const follow = async (mostMs: number): Promise<number> => {
    const lastId = got.at(-1)?.id;
    const stream = await openEventStream(eventsUrl, { headers, ...(lastId && { lastId }) });
    if (stream.status === 200) {
      await Promise.race([stream.ended, wait(mostMs)]);
      stream.cut();
      await stream.ended;
      got.push(...stream.events.filter(({ id }) => id !== null));
    }
    return stream.status;
  };

  while (cuts < connections) {
    if (cuts === connections / 2) await server.restart();
    const status = await follow(Math.random() * 60);
    if (status === 200) cuts += 1;
    else expect(status).toBe(503); // Postgres is coming back
  }
  over.abort();
  await written;
  await api.database.tasks.failed({ runId, name: 'probe' }, { code: 'INPUT_EMPTY', detail: 'nothing' });
  while ((await follow(10_000)) !== 204);

  const rows = await allEvents(videoId);
  expect(rows.length).toBeGreaterThan(connections);
  expect(got.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  expect(got.map(({ event }) => event)).toEqual(rows.map(({ type }) => type));
});

test('a stream that is open while Postgres restarts goes on by itself', async () => {
  const { videoId, runId } = await seedVideo(api.database, 'uploaded');
  const stream = await openEventStream(`${api.url}/api/v1/videos/${videoId}/events`, {
    headers: { authorization: `Bearer ${key}` },
  });
  await stream.until(({ event }) => event === 'progress');
  await server.restart();
  await expect
    .poll(() =>
      api.database
        .jobPorts('wrk_1')
        .videos.advance({ videoId, runId }, 'probing')
        .then(
          () => true,
          () => false,
        ),
    )
    .toBe(true);
  await stream.until(({ event, data }) => event === 'status' && data.data.status === 'probing');
  await api.database.tasks.failed({ runId, name: 'probe' }, { code: 'INPUT_EMPTY', detail: 'nothing' });
  await stream.ended;
  expect(stream.events.at(-1)?.event).toBe('end');
});

/** Changes title and priority of a video by the product until it is told to end. What Postgres refuses is not done. */
async function writeOn(videoId: string, over: AbortSignal): Promise<void> {
  const priorities = ['low', 'high', 'urgent', 'normal'] as const;
  for (let turn = 0; !over.aborted; turn += 1) {
    const priority = priorities[turn % priorities.length] ?? 'low';
    await api.database.control.prioritise(videoId, priority).catch(() => wait(50));
    await api.call('PATCH', `/api/v1/videos/${videoId}`, { key, body: { title: `Title ${turn}` } });
    await wait(3);
  }
}

async function allEvents(videoId: string): Promise<{ id: string; type: string }[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(
    'SELECT id::text, type FROM video_events WHERE video_id = $1 ORDER BY video_events.id',
    [videoId],
  );
  await client.end();
  return rows;
}
