// needs: redis-server
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodePlanSchema } from '../../../src/plan/encode-plan.ts';
import { until } from '../../support/queue.ts';
import { queueOnRedis } from '../../support/queue-on-redis.ts';
import { h264, makeSource, type SourceRecipe } from '../../support/sources.ts';
import { openWholeSystem, type WholeSystem } from '../../support/whole-system.ts';

/** Six segments of 4 s; every frame by itself. No demuxer sees what is lost. */
const clip: SourceRecipe = {
  ...{ extension: 'mp4', frames: 600, size: '96x54', video: h264(1), output: ['-movflags', '+faststart'] },
};
const little = (file: Buffer) => file.fill(0, file.length >> 1, (file.length >> 1) + 300);
const much = (file: Buffer) => file.fill(0, Math.floor(file.length * 0.55), Math.floor(file.length * 0.6));

describe('a hole that no demuxer sees, through the whole product', () => {
  const backend = queueOnRedis();
  let system: WholeSystem;
  let pool: pg.Pool;
  beforeAll(async () => {
    system = await openWholeSystem(backend.urls());
    pool = new pg.Pool({ connectionString: backend.urls().databaseUrl, max: 1 });
    await system.startRelay();
  });
  afterAll(async () => {
    await pool?.end();
    await system?.close();
  });

  const rows = async (sql: string, value: string) => (await pool.query(sql, [value])).rows;
  const runsOf = (videoId: string) =>
    rows(
      'SELECT id, number, status, reason, decode_index, plan FROM runs WHERE video_id = $1 ORDER BY number',
      videoId,
    );
  /** Of the encodes of a run: how many there are, are committed, and were taken over without being taken in hand. */
  const encodesOf = async (runId: string) => {
    const tasks = await rows(
      `SELECT fence, status FROM transcoding_tasks WHERE run_id = $1 AND type = 'transcode'`,
      runId,
    );
    const committed = tasks.filter(({ status }) => status === 'completed');
    return {
      ...{ all: tasks.length, committed: committed.length },
      takenOver: committed.filter(({ fence }) => fence === 0).length,
    };
  };
  const open = (videoId: string) =>
    until('the second run is there', 60_000, async () => (await runsOf(videoId)).length === 2);

  test('below 0.5 %: ready with a warning, though the worker is killed in the second run, and never behind its status', async () => {
    const first = await system.startWorker();
    const videoId = await system.upload(await makeSource({ ...clip, damage: little }));
    const states: string[] = [];
    const watching = watch(async () => (await system.video(videoId)).status, states);
    await open(videoId);
    await first.kill9();

    const second = await system.startWorker();
    const video = await system.untilFinal(videoId, 90_000);
    await second.stop();
    await watching.stop();
    expect(video).toMatchObject({ status: 'ready', errorCode: null });
    expect(video.warnings.filter(({ code }) => code === 'frames_lost')).toEqual([
      { code: 'frames_lost', detail: expect.stringMatching(/^[123] of 600 frames \(0\.\d+ %\) cannot be decoded: /) },
    ]);
    expect(states.indexOf('probing')).toBeLessThan(states.indexOf('transcoding'));
    expect(states.filter((state) => state === 'probing')).toHaveLength(1);

    const [before, after, ...more] = await runsOf(videoId);
    expect(more).toEqual([]);
    expect([before, after]).toMatchObject([
      { status: 'superseded', decode_index: false },
      {
        status: 'completed',
        decode_index: true,
        reason: expect.stringMatching(/^encode\.h264\.\d{4}.*: [123] frames cannot/),
      },
    ]);
    const plan = encodePlanSchema.parse(after?.plan);
    expect(plan.source.frames).toBeGreaterThanOrEqual(597);
    expect(plan.source.frames).toBeLessThan(600);
    const changed = plan.segments.filter(
      (segment) =>
        JSON.stringify(segment) !== JSON.stringify(encodePlanSchema.parse(before?.plan).segments[segment.index]),
    );
    expect(changed).toHaveLength(1);
    const made = await encodesOf(String(before?.id));
    expect(made).toEqual({ all: 6, committed: expect.any(Number), takenOver: 0 });
    expect(await encodesOf(String(after?.id))).toEqual({ all: 6, committed: 6, takenOver: made.committed });
  });

  test('above 0.5 %: refused with all of the holes, by the second run', async () => {
    const worker = await system.startWorker();
    const videoId = await system.upload(await makeSource({ ...clip, damage: much }));
    const video = await system.untilFinal(videoId, 90_000);
    await worker.stop();
    expect(video).toMatchObject({
      status: 'failed',
      errorCode: 'INPUT_DAMAGED',
      errorDetail: expect.stringMatching(
        /^\d+ of 600 frames \(\d\.\d %\) cannot be decoded: between 1\d\.\d and 1\d\.\d s\.$/,
      ),
    });
    expect(await runsOf(videoId)).toMatchObject([{ status: 'superseded' }, { status: 'failed', decode_index: true }]);
  });

  test('above 0.5 % with ON_DAMAGE=publish: what can be shown is published', async () => {
    const worker = await system.startWorker({ ON_DAMAGE: 'publish' });
    const videoId = await system.upload(await makeSource({ ...clip, damage: much }));
    const video = await system.untilFinal(videoId, 90_000);
    await worker.stop();
    expect(video).toMatchObject({ status: 'ready', errorCode: null });
    expect(video.warnings.map(({ code }) => code)).toContain('frames_lost');
    const [, run] = await runsOf(videoId);
    const shown = encodePlanSchema.parse(run?.plan).source.frames;
    expect(video.warnings.find(({ code }) => code === 'frames_lost')?.detail).toContain(`${600 - shown} of 600 frames`);
  });
});

/** Notes each value that is another one than the one before. */
function watch(read: () => Promise<string>, seen: string[]) {
  let over = false;
  const watching = (async () => {
    while (!over) {
      const now = await read();
      if (seen.at(-1) !== now) seen.push(now);
      await wait(50);
    }
  })();
  return {
    async stop() {
      over = true;
      await watching;
    },
  };
}
