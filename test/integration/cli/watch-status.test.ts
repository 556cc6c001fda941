import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createApiClient } from '../../../src/cli/api-client.ts';
import { type Follow, followVideo } from '../../../src/cli/follow-video.ts';
import { createPatience } from '../../../src/cli/patience.ts';
import { startApi, type TestApi } from '../../support/api.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { seedVideo } from '../../support/seed-video.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({}, { queueOn: 'postgres' });
});
afterAll(() => api?.stop());

/** Follows a new video as `ingest --wait` does, by a proxy that does this to its first streams. */
async function follow(fault?: Fault) {
  const proxy = await startFaultProxy(api.url);
  onTestFinished(() => proxy.close());
  if (fault) proxy.next('GET', /\/events$/, fault);
  const { videoId, runId } = await seedVideo(api.database, 'uploaded', { creatorId: 'anna' });
  const said: string[] = [];
  const line: Follow['line'] = { live: false, show: () => undefined, print: (words) => void said.push(words) };
  const client = createApiClient({ url: proxy.url, key: await api.key({ creatorId: 'anna' }) });
  const patience = createPatience({ onWait: line.print });
  const followed = followVideo({ api: client, patience, line, wait: true }, videoId, 'film.mp4');
  return { proxy, said, followed, videoId, runId, ...api.database.jobPorts('wrk_1') };
}

type Following = Awaited<ReturnType<typeof follow>>;

const asked = ({ seen }: FaultProxy, what: 'events' | 'status') =>
  seen.filter((line) => line.endsWith(`/${what}`)).length;
const patience = { timeout: 60_000, interval: 20 };

/** Its probe begins and ends, then it fails: what is told of each, and what is done between. */
async function goThrough({ said, followed, videoId, runId, tasks }: Following, between = async () => {}) {
  const probe = await tasks.take({ videoId, runId, name: 'probe' });
  await expect.poll(() => said, patience).toContain('film.mp4  probe: running');
  await between();
  await tasks.commit(probe, []);
  await expect.poll(() => said, patience).toContain('film.mp4  probe: completed');
  await api.database.tasks.failed({ runId, name: 'split' }, { code: 'INPUT_DAMAGED', detail: 'half of it' });
  expect(await followed).toMatchObject({ video: { status: 'failed', error: { code: 'INPUT_DAMAGED' } } });
  expect(said.filter((words) => words.endsWith('probe: running'))).toHaveLength(1);
}

test('a video is followed by one stream, and its status is not asked for', async () => {
  const following = await follow();
  await goThrough(following);
  expect([asked(following.proxy, 'events'), asked(following.proxy, 'status')]).toEqual([1, 0]);
});

test('a stream that is cut is opened again', async () => {
  const following = await follow();
  const { proxy } = following;
  await goThrough(following, async () => {
    proxy.cut();
    await expect.poll(() => asked(proxy, 'events'), patience).toBe(2);
  });
  expect([asked(proxy, 'events'), asked(proxy, 'status')]).toEqual([2, 1]);
});

test.each<[string, Fault]>([
  ['refuses', { does: 'answer', status: 501, body: 'no streams here' }],
  ['keeps', { does: 'stall', after: 0 }],
])('where a proxy %s streams, the status is asked for', async (_, fault) => {
  const following = await follow({ ...fault, times: 1_000 });
  await goThrough(following);
  expect(asked(following.proxy, 'status')).toBeGreaterThan(1);
  expect(following.said.filter((words) => words.includes('trying again'))).toEqual([]);
});
