import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OutboxEntry } from '../../../src/database/database.ts';
import { listenOn } from '../../../src/database/listen.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';
import { seedVideo } from '../../support/seed-video.ts';

let open: OpenTestDatabase;
beforeEach(async () => {
  open = await openTestDatabase();
});
afterEach(() => open.close());

const send = (deliver: (entry: OutboxEntry) => Promise<void>, most = 100) => open.database.outbox.send(deliver, most);
const nothing = async () => {
  throw new Error('there was something to send');
};
const videosWaiting = async () =>
  (await open.database.runs.open()).filter(({ waitsInOutbox }) => waitsInOutbox).map(({ videoId }) => videoId);

test('entries are sent oldest first, once, and no more than asked for', async () => {
  const videos = [];
  for (let count = 0; count < 3; count += 1) videos.push(await seedVideo(open.database, 'uploaded'));
  const sent: OutboxEntry[] = [];
  const deliver = async (entry: OutboxEntry) => void sent.push(entry);
  expect([await send(deliver, 2), await send(deliver), await send(nothing)]).toEqual([2, 1, 0]);
  expect(sent.map(({ topic, videoId, payload }) => ({ topic, videoId, ...payload }))).toEqual(
    videos.map(({ videoId, runId }) => ({ topic: 'run.submit', videoId, runId })),
  );
});

test('two senders at once share the entries, and none is sent twice', async () => {
  for (let count = 0; count < 20; count += 1) await seedVideo(open.database, 'uploaded');
  const sent: string[] = [];
  const busy = new Set<string>();
  let mostBusy = 0;
  const deliver = async ({ id }: OutboxEntry) => {
    busy.add(id);
    mostBusy = Math.max(mostBusy, busy.size);
    await wait(10);
    busy.delete(id);
    sent.push(id);
  };
  const [one, two] = await Promise.all([send(deliver), send(deliver)]);
  expect((one ?? 0) + (two ?? 0)).toBe(20);
  expect(new Set(sent).size).toBe(20);
  expect(mostBusy).toBe(2);
});

test('a delivery that fails is kept with its reason, holds nobody up, and is tried again', async () => {
  const bad = await seedVideo(open.database, 'uploaded');
  const good = await seedVideo(open.database, 'uploaded');
  const failing = async ({ videoId }: OutboxEntry) => {
    if (videoId === bad.videoId) throw new Error('the queue said\0 no');
  };
  expect(await send(failing)).toBe(1);
  expect(await videosWaiting()).toEqual([bad.videoId]);
  const rows = await open.query('SELECT video_id, attempts, last_error, sent_at FROM outbox ORDER BY id');
  expect(rows[0]).toMatchObject({ attempts: 1, last_error: 'Error: the queue said no', sent_at: null });
  expect(rows[1]).toMatchObject({ video_id: good.videoId, attempts: 1, last_error: null, sent_at: expect.any(Date) });

  expect(await send(failing)).toBe(0);
  expect(await send(nothing)).toBe(0); // it waits longer after each failure
  await open.query(`UPDATE outbox SET retry_at = now() WHERE sent_at IS NULL`);
  expect(await send(async () => {})).toBe(1);
  expect(await videosWaiting()).toEqual([]);
});

test('a listener is told at once, and again after its connection was lost', async () => {
  let told = 0;
  const until = async (count: number) => {
    for (let tries = 0; told < count && tries < 100; tries += 1) await wait(50);
    return told >= count;
  };
  const listener = await open.database.outbox.listen(() => {
    told += 1;
  });
  await seedVideo(open.database, 'uploaded');
  expect(await until(1)).toBe(true);

  await open.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'reelmill listen'`);
  told = 0;
  expect(await until(1)).toBe(true); // something may have been missed
  told = 0;
  await seedVideo(open.database, 'failed');
  expect(await until(2)).toBe(true);
  await listener.close();
  const left = await open.query(`SELECT FROM pg_stat_activity WHERE application_name = 'reelmill listen'
                                   AND datname = current_database()`);
  expect(left).toEqual([]);
});

test('a change of a video is told by NOTIFY: the first at once, those after it in one a second later', async () => {
  const { videoId, runId } = await seedVideo(open.database, 'uploaded');
  await wait(1_100);
  const told: { videoId: string; ms: number }[] = [];
  const begun = performance.now();
  const listener = await listenOn(
    'reelmill_video',
    (payload) => told.push({ videoId: payload, ms: performance.now() - begun }),
    {
      url: open.url,
      onLost: () => {},
    },
  );
  const { videos } = open.database.jobPorts('wrk_1');
  for (const state of ['probing', 'transcoding', 'packaging'] as const) await videos.advance({ videoId, runId }, state);
  await wait(1_500);
  expect(told.map((each) => each.videoId)).toEqual([videoId, videoId]);
  const [first, second] = told.map(({ ms }) => ms);
  expect(first).toBeLessThan(500);
  expect(second).toBeGreaterThan(500);
  await listener.close();
});
