import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { videoChannel } from '../../../src/database/notifier.ts';
import { startApi, type TestApi } from '../../support/api.ts';
import { type EventStream, openEventStream, type StreamEvent } from '../../support/event-stream.ts';
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

describe('after the database was restored from a backup', () => {
  const begin = async (lastId?: string) => {
    const { videoId, runId } = await seedVideo(api.database, 'uploaded');
    const open = (id = lastId) =>
      openEventStream(`${api.url}/api/v1/videos/${videoId}/events`, {
        headers: { authorization: `Bearer ${key}` },
        ...(id && { lastId: id }),
      });
    const advance = () => api.database.jobPorts('wrk_1').videos.advance({ videoId, runId }, 'probing');
    const fail = () => api.database.tasks.failed({ runId, name: 'probe' }, { code: 'INPUT_EMPTY', detail: 'nothing' });
    return { videoId, open, advance, fail, there: (await allEvents(videoId)).at(-1)?.id ?? '' };
  };
  const types = ({ events }: EventStream) => events.map(({ event }) => event).filter((event) => event !== 'progress');
  const far = String(10 ** 15);

  test('who comes back with an event that is no longer there learns where it is, and is told what comes', async () => {
    const { videoId, open, advance, fail, there } = await begin(far);
    const stream = await open();
    await stream.until(({ event }) => event === 'progress');
    expect(stream.text()).toMatch(new RegExp(`^id: ${there}\n\n`));
    await advance();
    await stream.until(({ event }) => event === 'status');
    await fail();
    await stream.ended;
    expect(types(stream)).toEqual(['status', 'status', 'end']);

    const final = await open();
    await final.ended;
    expect(final.events).toMatchObject([{ event: 'progress', data: { status: 'failed' } }, { event: 'end' }]);
    const last = (await allEvents(videoId)).at(-1)?.id ?? '';
    expect(final.text()).toContain(`id: ${last}\n\n`);
    expect((await open(last)).status).toBe(204);
  });

  test('a stream that is open meanwhile goes on from what is there', async () => {
    const { videoId, open, advance, there } = await begin();
    await query('INSERT INTO video_events (id, video_id, type, data) VALUES ($1, $2, $3, $4)', [
      far,
      videoId,
      'title',
      {},
    ]);
    const stream = await open();
    await stream.until(({ id }) => id === far);
    await query('DELETE FROM video_events WHERE id = $1', [far]);
    await query(`SELECT pg_notify($1, '')`, [videoChannel]);
    await expect.poll(() => stream.text(), { interval: 10 }).toContain(`id: ${there}\n\n`);
    await advance();
    await stream.until(({ event, data }) => event === 'status' && data.data.status === 'probing');
    stream.cut();
  });
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

const allEvents = (videoId: string): Promise<{ id: string; type: string }[]> =>
  query('SELECT id::text, type FROM video_events WHERE video_id = $1 ORDER BY video_events.id', [videoId]);

async function query(text: string, values: unknown[]) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(text, values);
  await client.end();
  return rows;
}
