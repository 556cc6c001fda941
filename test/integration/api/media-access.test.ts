import { pino } from 'pino';
import { expect, test } from 'vitest';
import { openMediaAccess } from '../../../src/api/media/media-access.ts';
import { openDatabase } from '../../../src/database/open-database.ts';
import { cloneDatabase } from '../../support/postgres-databases.ts';
import { startPostgres } from '../../support/postgres-server.ts';
import { seedVideo } from '../../support/seed-video.ts';

test('SERVICE_UNAVAILABLE: while Postgres is away what is unknown waits, and what is known plays on', async () => {
  const server = await startPostgres();
  const database = await openDatabase({ url: await cloneDatabase(server.url), log: pino({ level: 'silent' }) });
  let now = Date.now();
  const access = await openMediaAccess(database.playback, { now: () => now, most: 2 });
  const [first, known, other] = await Promise.all([1, 2, 3].map(() => seedVideo(database, 'ready')));
  const open = { playback: 'public', removed: false };
  for (const video of [first, known, other]) expect(await access.rule(video?.videoId ?? '')).toEqual(open);
  expect(await access.rule('vid_0')).toBeNull();

  await server.stop();
  now += 3_600_000; // what is known is long out of date
  expect(await access.rule(known?.videoId ?? '')).toEqual(open);
  expect(await access.rule(other?.videoId ?? '')).toEqual(open);
  // The one that was not asked for longest has made room.
  await expect(access.rule(first?.videoId ?? '')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  await expect(access.rule('vid_0')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  await access.close();
  await database.close();
});

test('a hundred viewers of a video cost one question', async () => {
  let asked = 0;
  const access = await openMediaAccess({
    async rule() {
      asked += 1;
      return { playback: 'public', removed: false };
    },
    listen: async () => ({ close: async () => undefined }),
  });
  await Promise.all(Array.from({ length: 100 }, () => access.rule('vid_1')));
  for (let segment = 0; segment < 100; segment++) await access.rule('vid_1');
  expect(asked).toBe(1);
  await access.close();
});
