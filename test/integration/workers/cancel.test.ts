import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectQueues, type QueueConnection } from '../../../src/flows/connect-queues.ts';
import { queueNames } from '../../../src/jobs/queues.ts';
import { makeClip } from '../../support/clips.ts';
import { until } from '../../support/queue.ts';
import { queueOnRedis } from '../../support/queue-on-redis.ts';
import { openWholeSystem, type WholeSystem } from '../../support/whole-system.ts';

/** Three segments of 4 s, each a second or two of work: time enough to strike in the middle. */
const clip = { name: 'control', seconds: 12, fps: 25, size: '640x360' };
const timeoutMs = 110_000;

const backend = queueOnRedis();
let system: WholeSystem;
let queues: QueueConnection;
let rows: pg.Client;
beforeAll(async () => {
  system = await openWholeSystem(backend.urls());
  queues = await connectQueues({ ...backend.urls(), log: pino({ level: 'silent' }) });
  rows = new pg.Client({ connectionString: backend.urls().databaseUrl });
  await rows.connect();
});
afterAll(async () => {
  await rows?.end();
  await queues?.close();
  await system?.close();
});

const ffmpegs = async () => (await system.processes()).filter((command) => /ffmpeg|packager/.test(command));
const jobsInQueues = async () => {
  const counts = await Promise.all(queueNames.map((name) => queues.queue(name).getJobCounts()));
  return counts.flatMap((of) => Object.values(of)).reduce((sum, count) => sum + count, 0);
};
/** A task of the current run: `made` where a worker has made it in this run, else it was taken over. */
const tasksOf = async (videoId: string) => {
  const { runId } = await system.video(videoId);
  const sql = `SELECT name, type, worker_id IS NOT NULL AS made, output_key AS key, status, fence FROM transcoding_tasks WHERE run_id = $1 ORDER BY name`;
  const found = await rows.query<{
    name: string;
    type: string;
    made: boolean;
    key: string;
    status: string;
    fence: number;
  }>(sql, [runId]);
  return found.rows;
};
const committedEncodes = async (videoId: string) =>
  (await tasksOf(videoId)).filter(({ type, status }) => type === 'transcode' && status === 'completed');

test('a cancelled video stops within seconds and leaves nothing; retried, it comes out the same', {
  timeout: 2 * timeoutMs,
}, async () => {
  const source = await makeClip(clip);
  await system.startRelay();
  const worker = await system.startWorker();
  const undisturbedId = await system.upload(source);
  expect(await system.untilFinal(undisturbedId, timeoutMs)).toMatchObject({ status: 'ready' });
  const undisturbed = await system.mediaHashes(undisturbedId);
  const { runId } = await system.video(undisturbedId);
  await until('its tree is removed', 30_000, () =>
    queues.removeTree({ queue: 'control', id: `${undisturbedId}.${runId}.finalize` }),
  );

  const videoId = await system.upload(source);
  /** Once `some` encodes are committed, and another one runs. */
  const cancelAfter = async (some: number) => {
    await until(`${some} encodes are committed, and one runs`, 60_000, async () => {
      return (await committedEncodes(videoId)).length >= some && (await ffmpegs()).length > 0;
    });
    await system.control.cancel(videoId);
    await until('no tool runs', 10_000, async () => (await ffmpegs()).length === 0);
    await until('the queues are empty', 30_000, async () => (await jobsInQueues()) === 0);
    await expect.poll(() => readdir(join(system.home, 'work'))).toEqual([]);
    expect(await system.video(videoId)).toMatchObject({ status: 'cancelled', errorCode: null, hlsKey: null });
    return committedEncodes(videoId);
  };

  const first = await cancelAfter(1);
  expect(first.length).toBeLessThan(3);
  expect(await system.control.retry(videoId, undefined)).toMatchObject({ step: 'transcode' });
  await until('the second encode is committed', 60_000, async () => (await committedEncodes(videoId)).length >= 2);
  const goesOn = await tasksOf(videoId);
  // Taken over as it is: the same object, and nobody took the task.
  for (const name of ['probe', first[0]?.name]) {
    expect(goesOn).toContainEqual(expect.objectContaining({ name, made: false, fence: 0 }));
  }
  expect(goesOn).toContainEqual(expect.objectContaining({ name: first[0]?.name, key: first[0]?.key }));

  const second = await cancelAfter(2);
  expect(await system.control.retry(videoId, 'transcode')).toMatchObject({ step: 'transcode' });
  expect(await system.untilFinal(videoId, timeoutMs)).toMatchObject({ status: 'ready', errorCode: null });
  const last = await tasksOf(videoId);
  expect(last.filter(({ made }) => !made).map(({ name }) => name)).toContain('probe');
  for (const encode of last.filter(({ type }) => type === 'transcode')) {
    expect(encode).toMatchObject({ made: true, fence: 1, status: 'completed' });
    expect(second.map(({ key }) => key)).not.toContain(encode.key);
  }
  expect(await system.mediaHashes(videoId)).toEqual(undisturbed);
  const failed = await rows.query(
    `SELECT FROM transcoding_tasks WHERE status = 'failed' OR retry_count > 0 OR deaths > 0`,
  );
  expect(failed.rowCount).toBe(0);
  await worker.stop();
  expect(await ffmpegs()).toEqual([]);
});
