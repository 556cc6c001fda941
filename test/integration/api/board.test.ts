import { createBullBoard } from '@bull-board/api';
import { ExpressAdapter } from '@bull-board/express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { boardPath } from '../../../src/api/service/board.ts';
import { scopes } from '../../../src/database/scopes.ts';
import { jobId } from '../../../src/jobs/define-job.ts';
import { startApi, type TestApi } from '../../support/api.ts';
import { seedVideo } from '../../support/seed-video.ts';

let api: TestApi;
let key: string;
beforeAll(async () => {
  api = await startApi();
  key = await api.key({ scopes });
});
afterAll(() => api?.stop());

const job = 'vid_1.run_1.split';
const board = (method: string, path: string) => api.call(method, `${boardPath}${path}`, { key });

/** Every route of Bull Board's own router: what this version of it can do, buttons or not. */
function routesOfBoard(): { method: string; path: string }[] {
  const adapter = new ExpressAdapter();
  createBullBoard({ queues: [], serverAdapter: adapter });
  return flatten(adapter.getRouter().router.stack);
}

interface Layer {
  route?: { path: string | string[]; methods: Record<string, boolean> };
  handle: { stack?: Layer[] };
}

const flatten = (stack: Layer[]): { method: string; path: string }[] =>
  stack.flatMap(({ route, handle }) =>
    route
      ? [route.path].flat().flatMap((path) => Object.keys(route.methods).map((method) => ({ method, path })))
      : flatten(handle.stack ?? []),
  );

const fill = (path: string, jobId: string) =>
  path
    .replace(':queueName', 'control')
    .replace(':jobId', jobId)
    .replace(':queueStatus', 'failed')
    .replace(':schedulerId', 'nightly');

describe('the allow-list stands before every route of the board', () => {
  const routes = routesOfBoard();
  const reading = routes.filter(({ method }) => method === 'get');
  const acting = routes.filter(({ method }) => method !== 'get');
  const allowed = ['/api/queues/:queueName/:jobId/retry', '/api/queues/:queueName/:jobId/promote'];

  test('the routes were found', () => {
    expect(reading.length).toBeGreaterThan(10);
    expect(acting.length).toBeGreaterThan(15);
    expect(acting.map(({ path }) => path)).toEqual(expect.arrayContaining(allowed));
  });

  test.each(reading)('$method $path may look', async ({ method, path }) => {
    const answer = await board(method, fill(path, job));
    expect(answer.body?.code).not.toBe('QUEUE_ACTION_REFUSED');
    expect(answer.status).toBeLessThan(500);
  });

  test.each(acting.filter(({ path }) => !allowed.includes(path)))(
    '$method $path is refused: QUEUE_ACTION_REFUSED',
    async ({ method, path }) => {
      for (const id of [job, 'retry', 'clean']) {
        const answer = await board(method.toUpperCase(), fill(path, id));
        expect([answer.status, answer.body.code]).toEqual([403, 'QUEUE_ACTION_REFUSED']);
      }
    },
  );

  test.each(acting.filter(({ path }) => allowed.includes(path)))(
    '$method $path reaches the board',
    async ({ method, path }) => {
      const answer = await board(method.toUpperCase(), fill(path, 'vid_0.run_0.missing'));
      expect(answer.status).toBe(404);
      expect(answer.body.code).toBeUndefined();
      // Read as an action on a whole state, were it let through.
      for (const id of ['retry', 'clean']) {
        expect((await board(method.toUpperCase(), fill(path, id))).status).toBe(403);
      }
    },
  );
});

test('a delayed job is promoted and a failed one retried; a waiting one cannot be removed', async () => {
  const { videoId, runId } = await seedVideo(api.database, 'transcoding');
  const job = jobId({ videoId, runId, name: 'split' });
  const queue = api.queues.queue('control');
  await queue.add('split', {}, { jobId: job, delay: 3_600_000 });
  const put = (id: string, action: string) => board('PUT', `/api/queues/control/${id}/${action}`);
  expect((await put(job, 'promote')).status).toBe(204);
  expect(await api.queues.state({ queue: 'control', id: job })).toBe('waiting');
  for (const action of ['clean', 'retry', 'promote']) {
    const answer = await put(job, action);
    expect([answer.status, answer.body.code]).toEqual([403, 'QUEUE_ACTION_REFUSED']);
  }

  await workUntil('failed', async () => {
    throw new Error('as planned');
  });
  expect((await board('GET', `/api/queues/control/${job}`)).body.job.failedReason).toBe('as planned');
  expect((await put(job, 'retry')).status).toBe(204);
  expect(await api.queues.state({ queue: 'control', id: job })).toBe('waiting');

  // Bull Board would run a finished job again.
  await workUntil('completed', async () => null);
  expect((await put(job, 'retry')).body.code).toBe('QUEUE_ACTION_REFUSED');
  expect(await api.queues.state({ queue: 'control', id: job })).toBe('completed');
});

/** Works the queue off until one job has ended so. */
async function workUntil(outcome: 'failed' | 'completed', work: () => Promise<unknown>) {
  const settings = { concurrency: 1, lockMs: 30_000, stalledMs: 30_000, retryDelayMs: () => 0 };
  const worker = await api.queues.createWorker('control', (_job, _token, _signal) => work(), settings);
  const ended = new Promise<void>((resolve) => {
    if (outcome === 'failed') worker.once('failed', () => resolve());
    else worker.once('completed', () => resolve());
  });
  void worker.run();
  await ended;
  await worker.close();
}

test('the board is for operators', async () => {
  const path = `${boardPath}/api/queues`;
  expect((await api.call('GET', path)).status).toBe(401);
  expect((await api.call('GET', path, { key: await api.key() })).body.code).toBe('FORBIDDEN');
  const { body } = await api.call('GET', path, { key });
  expect(body.queues.map((queue: { name: string }) => queue.name)).toEqual(
    expect.arrayContaining(['control', 'media', 'encode-cpu', 'encode-gpu']),
  );
});
