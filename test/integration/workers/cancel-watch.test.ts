import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { watchCancels } from '../../../src/workers/cancel-watch.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';
import { seedVideo } from '../../support/seed-video.ts';

let open: OpenTestDatabase;
beforeAll(async () => {
  open = await openTestDatabase();
});
afterAll(() => open.close());

const log = pino({ level: 'silent' });

/** Watches a run; gives the ids of the runs of which it is told. */
async function watch(database: Parameters<typeof watchCancels>[0]['database'], pollMs: number) {
  const cancels = await watchCancels({ database, log, pollMs });
  const told: string[] = [];
  return {
    told,
    watch: (run: { videoId: string; runId: string }) => cancels.watch(run, () => void told.push(run.runId)),
    close: () => cancels.close(),
  };
}

test('a cancelled run is told once, to each of its jobs that still run, and others are not', async () => {
  const [one, other] = [await seedVideo(open.database, 'transcoding'), await seedVideo(open.database, 'transcoding')];
  const watching = await watch(open.database, 60_000);
  for (const run of [one, one, other]) watching.watch(run);
  watching.watch(one).done();
  await open.database.runs.rebuild(other.runId, 'a test'); // its work is taken over
  await open.database.control.cancel(one.videoId);
  await expect.poll(() => watching.told).toEqual([one.runId, one.runId]);
  await open.database.control.remove(one.videoId);
  await new Promise((resolve) => setTimeout(resolve, 1_500)); // the hint of that
  expect(watching.told).toEqual([one.runId, one.runId]);
  await watching.close();
});

test('a hint that is lost costs some seconds, and a database that is away nothing else', async () => {
  const { database } = open;
  const seeded = await seedVideo(database, 'transcoding');
  let away = true;
  const deaf = {
    events: { ...database.events, listen: async () => ({ close: async () => {} }) },
    control: {
      ...database.control,
      cancelled: async (runIds: readonly string[]) => {
        if (away) throw new Error('Postgres is away');
        return database.control.cancelled(runIds);
      },
    },
  };
  const watching = await watch(deaf, 50);
  watching.watch(seeded);
  await database.control.cancel(seeded.videoId);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(watching.told).toEqual([]);
  away = false;
  await expect.poll(() => watching.told).toEqual([seeded.runId]);
  await watching.close();
});
