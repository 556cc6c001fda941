import { setTimeout as wait } from 'node:timers/promises';
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
