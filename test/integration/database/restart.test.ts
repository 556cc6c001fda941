import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { openDatabase } from '../../../src/database/open-database.ts';
import { cloneDatabase } from '../../support/postgres-databases.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres-server.ts';
import { seedVideo } from '../../support/seed-video.ts';

const log = pino({ level: 'silent' });
let server: PostgresServer;
let database: Database;

beforeAll(async () => {
  server = await startPostgres();
  database = await openDatabase({ url: await cloneDatabase(server.url), log });
});
afterAll(async () => {
  await database.close();
  await server.stop();
});

test('a restart of Postgres ends no process: what runs is told, a commit waits, and work goes on', async () => {
  const { videoId, runId } = await seedVideo(database, 'uploaded');
  const { tasks, flush } = database.jobPorts('wrk_1');
  const task = await tasks.take({ videoId, runId, name: 'probe' });
  const listener = await database.outbox.listen(() => {});
  await Promise.all(Array.from({ length: 8 }, () => database.ping(1_000))); // idle connections that will be lost

  const held = database.exclusively('reconcile', async () => {
    await server.restart(); // with a connection in hand that no query is running on
  });
  const committing = wait(20).then(() => tasks.commit(task, []));
  await Promise.allSettled([held]);
  await committing;
  await flush();
  expect(await tasks.missing(runId)).toEqual(['split', 'package', 'finalize']);
  expect(await database.videos.find(videoId)).toMatchObject({ status: 'uploaded' });
  await listener.close();
});

test('a Postgres that is not there is SERVICE_UNAVAILABLE', async () => {
  const gone = 'postgres://postgres:x@127.0.0.1:9/nowhere';
  await expect(openDatabase({ url: gone, log })).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  const own = await startPostgres();
  const short = await openDatabase({ url: await cloneDatabase(own.url), log });
  await own.stop();
  await expect(short.ping(2_000)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  await expect(short.videos.find('vid_1')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  await expect(short.keys.owner('rm_x')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  await expect(short.videos.uploaded('vid_1', { etag: '', bytes: 1 })).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
  });
  await short.close();
});

/** Both doors to Postgres, Prisma's and ours, asked all the time: gives what rejected until `over`. */
async function askWhile(asked: Database, over: AbortSignal): Promise<unknown[]> {
  const rejected: unknown[] = [];
  const ask = async (question: () => Promise<unknown>) => {
    while (!over.aborted) {
      await question().catch((error: unknown) => rejected.push(error));
      await wait(2); // else what is refused at once keeps the processor from Postgres
    }
  };
  const questions = [
    () => asked.videos.find('vid_1'),
    () => asked.keys.owner('rm_x'),
    () => asked.runs.open(),
    () => asked.videos.uploaded('vid_1', { etag: '', bytes: 1 }),
  ];
  await Promise.all([...questions, ...questions].map(ask));
  return rejected;
}

test.each<[string, (own: PostgresServer, url: string) => Promise<void>]>([
  ['is restarted', (own) => own.restart()],
  ['crashes, as one of its processes is killed', (own, url) => killBackend(own.url, url)],
  ['is killed', (own) => own.kill()],
])('a Postgres that %s under load is SERVICE_UNAVAILABLE to everyone who asks', async (_how, end) => {
  const own = await startPostgres();
  const url = await cloneDatabase(own.url);
  const asked = await openDatabase({ url, log });
  const over = new AbortController();
  const asking = askWhile(asked, over.signal);
  await wait(200);
  await end(own, url);
  await wait(500);
  over.abort();
  const rejected = await asking;
  await asked.close();
  await own.stop();
  expect(rejected.length).toBeGreaterThan(0);
  for (const error of rejected) expect(error).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
});

test('what waits in Postgres when it is stopped is SERVICE_UNAVAILABLE', async () => {
  const own = await startPostgres();
  const url = await cloneDatabase(own.url);
  const asked = await openDatabase({ url, log });
  const holder = await connectTo(url);
  await holder.query('BEGIN; LOCK TABLE videos, api_keys');
  const waiting = Promise.allSettled([
    asked.videos.find('vid_1'),
    asked.keys.owner('rm_x'),
    asked.videos.cancelUpload('vid_1'),
  ]);
  const locked = `SELECT FROM pg_locks WHERE NOT granted`;
  while ((await holder.query(locked)).rowCount !== 3) await wait(10);
  await own.stop();
  // Whoever gets the lock of the holder, which is ended too, before its own end comes may still succeed.
  const rejected = (await waiting).filter(({ status }) => status === 'rejected');
  expect(rejected.length).toBeGreaterThan(0);
  for (const result of rejected) expect(result).toMatchObject({ reason: { code: 'SERVICE_UNAVAILABLE' } });
  await asked.close();
});

/** Ends a connection's process by SIGKILL: Postgres then ends all the others (57P02) and recovers. */
async function killBackend(serverUrl: string, url: string): Promise<void> {
  const client = await connectTo(serverUrl);
  const { rows } = await client.query('SELECT pid FROM pg_stat_activity WHERE datname = $1 LIMIT 1', [
    new URL(url).pathname.slice(1),
  ]);
  process.kill(rows[0].pid, 'SIGKILL');
}

async function connectTo(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {}); // it is lost with its server
  await client.connect();
  return client;
}

test('one process at a time reconciles, and the lock is free again afterwards', async () => {
  const ran: string[] = [];
  const work = (name: string) => async () => {
    ran.push(name);
    await wait(100);
  };
  const both = [database.exclusively('reconcile', work('a')), database.exclusively('reconcile', work('b'))];
  expect((await Promise.all(both)).sort()).toEqual([false, true]);
  expect(ran).toHaveLength(1);
  await expect(database.exclusively('reconcile', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await database.exclusively('reconcile', work('c'))).toBe(true);
});
