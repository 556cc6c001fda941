import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';
import { seedVideo } from '../../support/seed-video.ts';
import { runsOf } from '../../support/worked-on.ts';

let open: OpenTestDatabase;
beforeAll(async () => {
  open = await openTestDatabase();
});
afterAll(() => open.close());

describe('the state of a video', () => {
  test('moves forward only, and only by its current run', async () => {
    const { videoId, runId } = await seedVideo(open.database, 'uploaded');
    const { videos } = open.database.jobPorts('wrk_1');
    const status = async () => (await open.database.videos.find(videoId))?.status;
    await videos.advance({ videoId, runId }, 'transcoding');
    await videos.advance({ videoId, runId }, 'probing');
    expect(await status()).toBe('transcoding');
    await videos.advance({ videoId, runId: 'run_other' }, 'packaging');
    expect(await status()).toBe('transcoding');
    await open.database.tasks.failed({ runId, name: 'probe' }, { code: 'INPUT_DAMAGED', detail: 'at 3 s' });
    await videos.advance({ videoId, runId }, 'packaging');
    expect(await status()).toBe('failed');
  });

  test('ready comes with its run, its outputs and the news of it, once', async () => {
    const { videoId, runId, row } = await seedVideo(open.database, 'ready');
    expect(row).toMatchObject({
      status: 'ready',
      hlsKey: expect.stringContaining(runId),
      completedAt: expect.any(Date),
    });
    expect(await runsOf(open, videoId)).toMatchObject([{ status: 'completed' }]);
    const { tasks } = open.database.jobPorts('wrk_1');
    const again = await tasks.take({ videoId, runId, name: 'finalize' });
    expect(again.committed).toBe(true);
    await tasks.commitReady(again, {
      hlsKey: 'other',
      dashKey: 'b',
      posterKey: 'c',
      thumbnailsKey: null,
      warnings: [],
    });
    expect(await open.database.videos.find(videoId)).toEqual(row);
    const news = await open.query(`SELECT topic FROM outbox WHERE video_id = $1 AND topic = 'video.ready'`, [videoId]);
    expect(news).toHaveLength(1);
  });

  test('a superseded run cannot make its video ready', async () => {
    const { videoId, runId } = await seedVideo(open.database, 'packaging');
    const { tasks } = open.database.jobPorts('wrk_1');
    const finalize = await tasks.take({ videoId, runId, name: 'finalize' });
    await open.database.runs.rebuild(runId, 'lost');
    const outputs = { hlsKey: 'a', dashKey: 'b', posterKey: 'c', thumbnailsKey: null, warnings: [] };
    await expect(tasks.commitReady(finalize, outputs)).rejects.toMatchObject({ code: 'RUN_SUPERSEDED' });
    expect(await open.database.videos.find(videoId)).toMatchObject({ status: 'packaging', hlsKey: null });
  });

  test('a task that failed for good fails run and video, with the news of it; a superseded run fails nobody', async () => {
    const { videoId, runId } = await seedVideo(open.database, 'transcoding');
    const newRun = (await open.database.runs.rebuild(runId, 'lost')) ?? '';
    await open.database.tasks.failed({ runId, name: 'probe' }, { code: 'INTERNAL', detail: 'old' });
    expect(await open.database.videos.find(videoId)).toMatchObject({ status: 'transcoding', errorCode: null });

    await open.database.tasks.failed({ runId: newRun, name: 'split' }, { code: 'INPUT_DAMAGED', detail: 'at 3 s' });
    expect(await open.database.videos.find(videoId)).toMatchObject({
      status: 'failed',
      errorCode: 'INPUT_DAMAGED',
      errorDetail: 'at 3 s',
    });
    expect(await open.database.videos.tasks(newRun)).toContainEqual(
      expect.objectContaining({ name: 'split', status: 'failed', errorCode: 'INPUT_DAMAGED' }),
    );
    expect(await runsOf(open, videoId)).toMatchObject([{ status: 'superseded' }, { status: 'failed' }]);
    const news = await open.query(`SELECT payload FROM outbox WHERE video_id = $1 AND topic = 'video.failed'`, [
      videoId,
    ]);
    expect(news).toEqual([{ payload: { runId: newRun } }]);
  });
});
