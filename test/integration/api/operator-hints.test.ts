import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogue } from '../../../src/errors/catalogue.ts';
import { jobId } from '../../../src/jobs/define-job.ts';
import { startApi, type TestApi } from '../../support/api.ts';
import { seedVideo } from '../../support/seed-video.ts';

let api: TestApi;
let creator: string;
let operator: string;
beforeAll(async () => {
  api = await startApi({}, { queueOn: 'postgres' });
  creator = await api.key({ creatorId: 'anna' });
  operator = await api.key({ creatorId: 'ops', scopes: ['operate'] });
});
afterAll(() => api?.stop());

const { fix, operatorFix } = catalogue.PROCESS_KILLED;

/** A video of anna's whose probe was killed: where its error is told. */
async function failed() {
  const { videoId, runId } = await seedVideo(api.database, 'uploaded', { creatorId: 'anna' });
  await api.database.tasks.failed({ runId, name: 'probe' }, { code: 'PROCESS_KILLED', detail: 'ffprobe was killed' });
  const video = `/api/v1/videos/${videoId}`;
  return { videoId, video, job: `/api/v1/jobs/${jobId({ videoId, runId, name: 'probe' })}` };
}

type Told = { hint: string; operator_hint?: string };

test('a creator is told what he can do, an operator what he can do besides: of a video, its tasks and its jobs', async () => {
  const { videoId, video, job } = await failed();
  const places: [string, (body: never) => Told][] = [
    [video, (body: { error: Told }) => body.error],
    [
      '/api/v1/videos',
      (body: { videos: { video_id: string; error: Told }[] }) => errorOf(body.videos, 'video_id', videoId),
    ],
    [`${video}/tasks`, (body: { tasks: { name: string; error: Told }[] }) => errorOf(body.tasks, 'name', 'probe')],
    [job, (body: { error: Told }) => body.error],
  ];
  for (const [path, errorIn] of places) {
    const ask = async (key: string) => errorIn((await api.call('GET', path, { key })).body as never);
    expect([path, await ask(creator)]).toEqual([path, expect.objectContaining({ hint: fix })]);
    expect(await ask(creator)).not.toHaveProperty('operator_hint');
    expect(await ask(operator)).toMatchObject({ hint: fix, operator_hint: operatorFix });
  }
});

const errorOf = <Name extends string, Row extends Record<Name, string> & { error: Told }>(
  rows: Row[],
  name: Name,
  value: string,
): Told => rows.find((row) => row[name] === value)?.error ?? { hint: 'it is not in the list' };

test('what is refused tells it in the same way, and somebody who is not known nothing of it', async () => {
  const refused = async (key?: string) => (await api.call('GET', '/api/v1/videos/vid_none', { key })).body;
  expect(await refused(creator)).not.toHaveProperty('operator_hint');
  expect(await refused(operator)).toMatchObject({ operator_hint: catalogue.NOT_FOUND.operatorFix });
  const unknown = await refused('rm_wrong');
  expect([unknown.code, unknown.operator_hint]).toEqual(['UNAUTHENTICATED', undefined]);
});

test('each of the two has an ETag of what he was told', async () => {
  const { video } = await failed();
  for (const [key, other] of [
    [creator, operator],
    [operator, creator],
  ]) {
    const etag = (await api.call('GET', video, { key: other })).headers.get('etag') ?? '';
    expect((await api.call('GET', video, { key, headers: { 'if-none-match': etag } })).status).toBe(200);
    expect((await api.call('GET', video, { key: other, headers: { 'if-none-match': etag } })).status).toBe(304);
  }
});

test('the page of a code has a part for operators, for programs too', async () => {
  const code = (name: string, accept: string) => api.call('GET', `/problems/${name}`, { headers: { accept } });
  const { body } = await code('PROCESS_KILLED', 'application/json');
  expect(body).toMatchObject({ fix, operator_fix: operatorFix });
  expect((await code('INPUT_EMPTY', 'application/json')).body.operator_fix).toBeNull();
  const page = async (name: string) =>
    (await fetch(`${api.url}/problems/${name}`, { headers: { accept: 'text/html' } })).text();
  expect(await page('PROCESS_KILLED')).toContain('<h2>For operators</h2>');
  expect(await page('INPUT_EMPTY')).not.toContain('For operators');
});
