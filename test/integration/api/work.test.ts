import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scopes } from '../../../src/database/scopes.ts';
import { flowNode } from '../../../src/flows/flow-node.ts';
import { jobId } from '../../../src/jobs/define-job.ts';
import { jobs } from '../../../src/jobs/index.ts';
import { startApi, type TestApi } from '../../support/api.ts';
import { commitEncode, finishVideo, planVideo } from '../../support/seed-made.ts';
import { seedVideo } from '../../support/seed-video.ts';
import { smallPlan } from '../../support/small-plan.ts';
import { tinyVideo } from '../../support/tiny-video.ts';
import { sentUpload } from '../../support/upload.ts';

let api: TestApi;
let key: string;
const creatorId = 'anna';
beforeAll(async () => {
  api = await startApi({}, { queueOn: 'postgres' });
  key = await api.key({ creatorId });
});
afterAll(() => api?.stop());

const get = (path: string, as = key) => api.call('GET', `/api/v1${path}`, { key: as });
const uploaded = () => seedVideo(api.database, 'uploaded', { creatorId });

describe('GET …/renditions and …/tracks', () => {
  test('tell what is planned, then what is committed, and where it plays once the video is ready', async () => {
    const run = await uploaded();
    const renditions = async () => (await get(`/videos/${run.videoId}/renditions`)).body;
    const tracks = async () => (await get(`/videos/${run.videoId}/tracks`)).body;
    const unplanned = { video_id: run.videoId, run_id: run.runId, planned: false };
    expect([await renditions(), await tracks()]).toEqual([
      { ...unplanned, renditions: [] },
      { ...unplanned, tracks: [] },
    ]);

    await planVideo(api.database, run);
    await commitEncode(api.database, run, 0);
    expect(await renditions()).toMatchObject({
      planned: true,
      renditions: [
        {
          ...{ name: 'h264/240p', codec: 'h264', width: 426, height: 240, frame_rate: 25, maxrate_kbps: 400 },
          ...{ average_bitrate_kbps: null, peak_bitrate_kbps: null, bytes: null, playlist_url: null },
          segments: { completed: 1, total: 3 },
        },
      ],
    });
    expect((await tracks()).tracks[0]).toMatchObject({ kind: 'audio', default: true, language: null, lufs: null });

    await commitEncode(api.database, run, 1);
    await commitEncode(api.database, run, 2);
    // 12 s of 100, 200 and 150 kB: 300 kbit/s in the mean, 400 in the largest.
    await finishVideo(api.database, run, { picture: [100_000, 200_000, 150_000], sound: [60_000, 60_000, 60_000] });
    const base = `${api.url}/media/transcoded/${run.videoId}/${run.runId}/package-1`;
    expect((await renditions()).renditions[0]).toMatchObject({
      ...{ average_bitrate_kbps: 300, peak_bitrate_kbps: 400, bytes: 451_000 },
      segments: { completed: 3, total: 3 },
      playlist_url: `${base}/h264/240p/playlist.m3u8`,
    });
    expect((await tracks()).tracks).toMatchObject([
      {
        ...{ source_lufs: -20, lufs: -16 },
        renditions: [
          {
            ...{ name: 'audio/aac_128k', codec: 'aac', bitrate_kbps: 128, average_bitrate_kbps: 120, bytes: 181_000 },
            playlist_url: `${base}/audio/aac_128k/playlist.m3u8`,
          },
        ],
      },
    ]);
  });

  test('are empty before the upload is complete, and NOT_FOUND for another creator', async () => {
    const { videoId } = await seedVideo(api.database, 'awaiting_upload', { creatorId });
    expect((await get(`/videos/${videoId}/renditions`)).body).toMatchObject({ run_id: null, planned: false });
    const stranger = await api.key();
    for (const list of ['renditions', 'tracks', 'tasks', 'runs']) {
      expect((await get(`/videos/${videoId}/${list}`, stranger)).body.code).toBe('NOT_FOUND');
    }
  });
});

describe('GET …/tasks and …/runs', () => {
  test('show each task of the run in pages, in the order of the plan, and by state and type', async () => {
    const run = await uploaded();
    await planVideo(api.database, run);
    await commitEncode(api.database, run, 1);
    const { tasks: ports } = api.database.jobPorts('wrk_b');
    await ports.take({ ...run, name: 'encode.h264.0002.all' });
    await api.database.tasks.retrying(
      { ...run, name: 'encode.h264.0002.all' },
      { code: 'FFMPEG_FAILED', detail: 'it ended' },
    );

    const path = `/videos/${run.videoId}/tasks`;
    const names: string[] = [];
    for (let query = '?limit=3'; ; ) {
      const { body } = await get(`${path}${query}`);
      names.push(...body.tasks.map(({ name }: { name: string }) => name));
      if (body.next_cursor === null) break;
      query = `?limit=3&cursor=${body.next_cursor}`;
    }
    const encodes = [0, 1, 2].map((index) => `encode.h264.000${index}.all`);
    expect(names).toEqual(['probe', 'split', 'package', 'finalize', ...encodes, 'audio', 'thumbnails']);

    const { body } = await get(`${path}?type=transcode&status=retrying,completed`);
    expect(body.tasks).toMatchObject([
      {
        name: encodes[1],
        status: 'completed',
        progress: 1,
        attempts: 1,
        worker: 'wrk_seed',
        segment_index: 1,
        error: null,
      },
      {
        ...{ name: encodes[2], status: 'retrying', attempts: 1, retry_count: 1, worker: 'wrk_b', resolution: '240p' },
        ...{ codec: 'h264', completed_at: null, duration_ms: null },
        error: { code: 'FFMPEG_FAILED', detail: 'it ended' },
      },
    ]);
    expect(body.tasks[0].duration_ms).toBeGreaterThanOrEqual(0);
  });

  test('show an earlier run by its id or its number', async () => {
    const { videoId, runId } = await uploaded();
    const next = await api.database.runs.rebuild(runId, 'the queue was lost');
    const { body } = await get(`/videos/${videoId}/runs`);
    expect(body.runs).toMatchObject([
      { run_id: next, number: 2, reason: 'the queue was lost', status: 'open', current: true, finished_at: null },
      { run_id: runId, number: 1, reason: 'uploaded', status: 'superseded', current: false },
    ]);
    for (const [query, expected] of [
      ['', next],
      ['?run=1', runId],
      [`?run=${runId}`, runId],
    ]) {
      const { body: list } = await get(`/videos/${videoId}/tasks${query}`);
      expect([list.run_id, list.tasks.length]).toEqual([expected, 4]);
    }
    expect((await get(`/videos/${videoId}/tasks?run=3`)).body.code).toBe('NOT_FOUND');
    expect((await get(`/videos/${videoId}/tasks?run=first`)).body.code).toBe('REQUEST_MALFORMED');
  });
});

describe('GET /api/v1/jobs/{id}', () => {
  test('is named by complete, and tells the row beside what the queue says', async () => {
    const { video_id, parts } = await sentUpload(api, key, tinyVideo('a film'));
    const completed = await api.call('POST', `/api/v1/videos/${video_id}/upload/complete`, { key, body: { parts } });
    expect([completed.status, completed.headers.get('location')]).toEqual([202, `/api/v1/videos/${video_id}/status`]);
    const { job_id } = completed.body;
    const again = await api.call('POST', `/api/v1/videos/${video_id}/upload/complete`, { key, body: { parts } });
    expect(again.body).toEqual(completed.body);

    const { body } = await get(`/jobs/${job_id}`);
    expect(body).toMatchObject({
      ...{ job_id, video_id, task: 'finalize', type: 'finalize', status: 'pending', attempts: 0, progress: 0 },
      ...{ queue_state: 'unknown', error: null, started_at: null, completed_at: null, replaced_by: null },
    });
    expect(Math.abs(Date.parse(body.created_at) - Date.now())).toBeLessThan(60_000);

    const probe = { videoId: video_id, runId: body.run_id };
    await api.queues.add(flowNode(jobs.probe, probe, { priority: 1 }));
    expect((await get(`/jobs/${jobId({ ...probe, name: 'probe' })}`)).body.queue_state).toBe('prioritized');
  });

  test('is over where its run is: failed with the reason of the run, or superseded by another', async () => {
    const failed = await uploaded();
    await api.database.tasks.failed({ ...failed, name: 'probe' }, { code: 'INPUT_NOT_MEDIA', detail: 'a zip file' });
    const ofFailed = await get(`/jobs/${jobId({ ...failed, name: 'finalize' })}`);
    expect(ofFailed.body).toMatchObject({ status: 'failed', error: { code: 'INPUT_NOT_MEDIA', detail: 'a zip file' } });

    const old = await uploaded();
    const runId = (await api.database.runs.rebuild(old.runId, 'a test')) ?? '';
    expect((await get(`/jobs/${jobId({ ...old, name: 'finalize' })}`)).body).toMatchObject({
      status: 'superseded',
      replaced_by: jobId({ ...old, runId, name: 'finalize' }),
    });
  });

  test('NOT_FOUND: of another creator, of no task, and what is no id of a job', async () => {
    const { videoId, runId } = await uploaded();
    const other = await uploaded();
    const id = jobId({ videoId, runId, name: 'probe' });
    expect((await get(`/jobs/${id}`)).status).toBe(200);
    expect((await get(`/jobs/${id}`, await api.key({ scopes }))).status).toBe(200);
    expect((await get(`/jobs/${id}`, await api.key())).body.code).toBe('NOT_FOUND');
    const none = [`${id}.x`, videoId, `${other.videoId}.${runId}.probe`, 'a.b.c', `${id}%00`, '..%2f..%2fx'];
    for (const wrong of none) expect((await get(`/jobs/${wrong}`)).body.code, wrong).toBe('NOT_FOUND');
  });
});

test.each([
  ['before', { maxrateKbps: 700 }, 700],
  ['after', { rateControl: { mode: 'by-shot', target: 95 } }, null],
])('a plan of the version %s is told as far as it is known', async (_, rate, maxrate_kbps) => {
  const run = await uploaded();
  const plan = smallPlan(1);
  const { rateControl: _rate, ...rung } = plan.rungs[0] ?? expect.fail();
  // biome-ignore lint/suspicious/noExplicitAny: what this version does not write.
  await planVideo(api.database, run, { ...plan, version: 99, rungs: [{ ...rung, ...rate }] } as any);
  expect((await get(`/videos/${run.videoId}/renditions`)).body.renditions).toMatchObject([{ maxrate_kbps }]);
});

test('a job is told without the queue, where that does not answer', async () => {
  const run = await uploaded();
  await api.queues.close();
  const { status, body } = await get(`/jobs/${jobId({ ...run, name: 'probe' })}`);
  expect([status, body.status, body.queue_state]).toEqual([200, 'pending', null]);
});
