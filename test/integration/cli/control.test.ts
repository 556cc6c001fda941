import { afterAll, beforeAll, expect, test } from 'vitest';
import { scopes } from '../../../src/database/scopes.ts';
import { startApi, type TestApi } from '../../support/api.ts';
import { testFolder } from '../../support/folder.ts';
import { jsonLines, reelmill } from '../../support/reelmill.ts';
import { seedVideo } from '../../support/seed-video.ts';

let api: TestApi;
let environment: NodeJS.ProcessEnv;
beforeAll(async () => {
  api = await startApi({}, { queueOn: 'postgres' });
  environment = { REELMILL_API_URL: api.url, REELMILL_API_KEY: await api.key({ creatorId: 'creator-1' }) };
});
afterAll(() => api?.stop());

const run = async (...args: string[]) => reelmill(args, { ...environment, REELMILL_HOME: await testFolder('cli') });
const statusOf = async (id: string) => (await api.database.videos.find(id))?.status;

test('a video is cancelled, retried from a step, and removed, in words and as JSON', async () => {
  const { videoId } = await seedVideo(api.database, 'transcoding');
  expect(await run('cancel', videoId)).toMatchObject({ code: 0, stdout: `${videoId}: cancelled\n`, stderr: '' });
  expect(await statusOf(videoId)).toBe('cancelled');

  const retried = await run('retry', videoId, '--from', 'split', '--json');
  expect(retried).toMatchObject({ code: 0, stderr: '' });
  const runId = (await api.database.videos.find(videoId))?.runId;
  expect(jsonLines(retried.stdout)).toEqual([
    { status: 'retrying', retry_from: 'split', job_id: `${videoId}.${runId}.finalize`, video_id: videoId },
  ]);
  const again = await run('retry', videoId);
  expect(again).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('VIDEO_STATE_CONFLICT: The video is uploaded'),
  });
  expect(again.stderr.match(/retried/g), 'the rule, and then what to do').toHaveLength(1);

  const removed = await run('rm', videoId, '--json');
  expect([removed.code, ...jsonLines(removed.stdout)]).toEqual([0, { video_id: videoId, status: 'removed' }]);
  expect(await statusOf(videoId)).toBe('removed');
});

test('an operator does not remove the video of another creator, and is told what does', async () => {
  const { videoId } = await seedVideo(api.database, 'transcoding', { creatorId: 'anna' });
  const REELMILL_API_KEY = await api.key({ creatorId: 'local', scopes });
  const { code, stdout, stderr } = await reelmill(['rm', videoId], { ...environment, REELMILL_API_KEY });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/creator "anna"[\s\S]*reelmill keys create --creator "anna" --name rm --scopes videos:write/);
  expect(await statusOf(videoId)).toBe('transcoding');
});

test('a retry without a step goes on where it failed, and says how to see it', async () => {
  const { videoId } = await seedVideo(api.database, 'failed');
  const { code, stdout } = await run('retry', videoId);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: `${videoId}: retrying from probe\n  See: reelmill status ${videoId} --watch\n`,
  });
});

test.each([
  [
    'a step that is none',
    ['retry', 'vid_1', '--from', 'finalize'],
    /probe, split, transcode, audio, thumbnails, package/,
  ],
  ['a video that is not there', ['cancel', 'vid_1'], /there is no video vid_1/],
  ['no video', ['rm'], /missing required argument/],
])('%s: exit code 2 and the reason', async (_, args, reason) => {
  const finished = await run(...args);
  expect(finished.stderr).toMatch(reason);
  expect(finished).toMatchObject({ code: 2, stdout: '' });
});
