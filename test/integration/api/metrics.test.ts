import { afterAll, beforeAll, expect, test } from 'vitest';
import { scopes } from '../../../src/database/scopes.ts';
import { startApi, type TestApi } from '../../support/api.ts';
import { createUpload } from '../../support/upload.ts';

let api: TestApi;
let operator: string;
beforeAll(async () => {
  api = await startApi();
  operator = await api.key({ scopes });
});
afterAll(() => api?.stop());

const beat = (id: string, sandbox: string, fleet = 'cpu') =>
  api.database.workers.heartbeat({
    ...{ id, fleet, host: 'h', pid: 1, queues: ['media'], slots: 1, currentTask: null },
    sandbox,
  });
/** Two and one that live, and one that has ended. */
async function beatAll() {
  await beat('wrk_1', 'bwrap');
  await beat('wrk_2', 'bwrap');
  await beat('wrk_3', 'uid', 'gpu');
  await beat('wrk_4', 'limits');
  await api.database.workers.stopped('wrk_4');
}
const scrape = async () => (await api.call('GET', '/metrics', { key: operator })).body.split('\n') as string[];

test('metrics are for operators alone, and kept by nobody between', async () => {
  expect((await api.call('GET', '/metrics')).status).toBe(401);
  expect((await api.call('GET', '/metrics', { key: await api.key() })).status).toBe(403);
  const { status, headers } = await api.call('GET', '/metrics', { key: operator });
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(headers.get('cache-control')).toBe('no-store');
});

test('metrics count what stands in the rows and in the queue', async () => {
  const key = await api.key();
  const [first, second] = [
    await createUpload(api, key, 5),
    await createUpload(api, key, 5),
    await createUpload(api, key, 5),
  ];
  await api.database.videos.uploaded(first?.video_id ?? '', { etag: 'abc', bytes: 5 });
  await api.database.videos.refuseUpload(second?.video_id ?? '', { code: 'UPLOAD_SIZE_MISMATCH', detail: 'x' });
  await beatAll();
  await api.queues.add({ name: 'probe', queueName: 'media', data: {}, opts: { jobId: 'a' } });

  const lines = await scrape();
  expect(lines).toEqual(
    expect.arrayContaining([
      'reelmill_workers{fleet="cpu",sandbox="bwrap"} 2',
      'reelmill_workers{fleet="gpu",sandbox="uid"} 1',
      'reelmill_videos{status="awaiting_upload"} 1',
      'reelmill_videos{status="uploaded"} 1',
      'reelmill_videos{status="failed"} 1',
      'reelmill_videos{status="ready"} 0',
      'reelmill_videos_failed{code="UPLOAD_SIZE_MISMATCH"} 1',
      'reelmill_tasks{status="pending"} 4',
      'reelmill_tasks{status="running"} 0',
      'reelmill_queue_up 1',
      'reelmill_queue_jobs{queue="media",state="waiting"} 1',
      'reelmill_queue_jobs{queue="control",state="waiting"} 0',
    ]),
  );
  expect(lines.filter((line) => line.startsWith('reelmill_workers{'))).toHaveLength(2);
  expect(lines.some((line) => /^process_resident_memory_bytes \d{7,}/.test(line))).toBe(true);
});

test('requests are measured under names that no client can choose', async () => {
  await api.call('GET', '/made-up/by%20somebody');
  await api.call('GET', '/api/v1/videos/vid_unknown', { key: operator });
  const counted = (await scrape()).filter((line) => line.startsWith('reelmill_http_request_seconds_count'));
  expect(counted).toContain('reelmill_http_request_seconds_count{area="other",method="GET",status="4xx"} 1');
  expect(counted).toContain('reelmill_http_request_seconds_count{area="api",method="GET",status="4xx"} 1');
  expect(counted.join()).not.toMatch(/made-up|vid_/);
});

test('readiness shows what confines the workers that live, and judges it only where a sandbox is required', async () => {
  await beatAll();
  const { status, body } = await api.call('GET', '/readyz');
  expect([status, body.status]).toEqual([200, 'ready']);
  expect(body.workers).toEqual({ cpu: 2, gpu: 1 });
  expect(body.sandbox).toEqual({ setting: 'prefer', workers: { bwrap: 2, uid: 1 } });
  expect(Object.keys(body.checks)).toEqual(['postgres', 'storage', 'queue']);
});

test('where a sandbox is required, one worker without it makes the whole not ready, and is named', async () => {
  const strict = await startApi({ sandbox: 'require' });
  try {
    const ready = () => strict.call('GET', '/readyz');
    const beats = (id: string, sandbox: string) =>
      strict.database.workers.heartbeat({
        ...{ id, fleet: 'cpu', host: 'h', pid: 1, queues: [], slots: 1, currentTask: null },
        sandbox,
      });
    await beats('wrk_1', 'bwrap');
    expect((await ready()).body).toMatchObject({ status: 'ready', checks: { sandbox: { ok: true } } });
    await beats('wrk_2', 'limits');
    const { status, body } = await ready();
    expect(status).toBe(503);
    expect(body).toMatchObject({
      status: 'not_ready',
      checks: {
        postgres: { ok: true },
        sandbox: { ok: false, code: 'SANDBOX_UNAVAILABLE', detail: expect.stringContaining('1 cpu at limits') },
      },
      sandbox: { setting: 'require', workers: { bwrap: 1, limits: 1 } },
    });
    await strict.database.workers.stopped('wrk_2');
    expect((await ready()).status).toBe(200);
  } finally {
    await strict.stop();
  }
});

test('a queue that is away is told, and what the rows say all the same', async () => {
  const alone = await startApi();
  try {
    const key = await alone.key({ scopes });
    await alone.queues.close();
    const { status, body } = await alone.call('GET', '/metrics', { key });
    expect(status).toBe(200);
    expect(body).toContain('\nreelmill_queue_up 0\n');
    expect(body).toContain('\nreelmill_videos{status="ready"} 0\n');
    expect(body).not.toContain('reelmill_queue_jobs{');
  } finally {
    await alone.stop();
  }
});

test('strangers who ask whether it is ready share one look, and do not see what storage said', async () => {
  const alone = await startApi({ readinessMs: 60_000 });
  let written = 0;
  const put = alone.storage.put;
  alone.storage.put = (key, ...rest) => {
    written += 1;
    expect(key).toMatch(/^health\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    return written > 1 ? put(key, ...rest) : Promise.reject(new Error(`${key}: AccessDenied of bucket films`));
  };
  try {
    const answers = await Promise.all([alone.call('GET', '/readyz'), alone.call('GET', '/readyz')]);
    for (const { status, body } of [...answers, await alone.call('GET', '/readyz')]) {
      expect([status, body.checks.storage]).toEqual([
        503,
        { ok: false, ms: expect.any(Number), code: 'SERVICE_UNAVAILABLE', detail: 'storage does not answer' },
      ]);
    }
    expect(written).toBe(1);
  } finally {
    await alone.stop();
  }
});
