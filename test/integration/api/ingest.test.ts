import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFetching } from '../../../src/flows/relay/start-fetching.ts';
import { createLog } from '../../../src/log.ts';
import { startApi, type TestApi } from '../../support/api.ts';
import { testFolder } from '../../support/folder.ts';
import { until } from '../../support/queue.ts';

const path = '/api/v1/videos/ingest';
let api: TestApi;
let key: string;
beforeAll(async () => {
  api = await startApi({ ingest: { allowedNetworks: ['127.0.0.0/8'] } });
  key = await api.key();
});
afterAll(() => api.stop());

const ingest = (body: unknown, headers?: Record<string, string>) => api.call('POST', path, { key, body, headers });

test('a video is fetched from a URL, and goes on as an upload does', async () => {
  const server = createServer((_, response) => response.end('bytes'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/holiday%20film.MOV?token=1`;
  const { status, body, headers } = await ingest({ url });
  expect([status, body.status, headers.get('location')]).toEqual([
    202,
    'awaiting_upload',
    `/api/v1/videos/${body.video_id}/status`,
  ]);

  const relay = await startFetching(
    {
      ...{ database: api.database, storage: api.storage, folder: await testFolder('fetching') },
      ...{
        allowedNetworks: ['127.0.0.0/8'],
        maxBytes: 1_000,
        timeoutMs: 5_000,
        log: createLog({ level: 'silent', name: 'test' }),
      },
    },
    { pollMs: 50, lanes: 1 },
  );
  const video = await until('the video is fetched', 30_000, async () => {
    const found = await api.call('GET', `/api/v1/videos/${body.video_id}`, { key });
    return found.body.status === 'awaiting_upload' ? null : found.body;
  });
  expect(video).toMatchObject({
    status: 'uploaded',
    title: 'holiday film.MOV',
    filename: 'holiday film.MOV',
    file_size_bytes: 5,
  });
  await relay.close();
  server.close();
});

test('the same request with the same Idempotency-Key makes one video', async () => {
  const body = { url: 'https://example.com/a.mp4', title: 'A', filename: 'a.mp4' };
  const [first, second] = [
    await ingest(body, { 'idempotency-key': 'once' }),
    await ingest(body, { 'idempotency-key': 'once' }),
  ];
  expect(second.body).toEqual(first.body);
});

test('a video that waits to be fetched takes no parts, and can be cancelled', async () => {
  const { body } = await ingest({ url: 'https://example.com/b.mp4' });
  const parts = await api.call('POST', `/api/v1/videos/${body.video_id}/upload/parts`, {
    key,
    body: { part_numbers: [1] },
  });
  expect(parts.body.code).toBe('UPLOAD_NOT_OPEN');
  expect((await api.call('POST', `/api/v1/videos/${body.video_id}/cancel`, { key })).status).toBe(202);
  expect(await api.database.ingest.hold(body.video_id, 1_000)).toBe(false);
});

describe('refusals, before a row is written', () => {
  test.each([
    ['INGEST_URL_REFUSED', { url: 'http://169.254.169.254/latest/meta-data/' }],
    ['INGEST_URL_REFUSED', { url: 'file:///etc/passwd' }],
    ['REQUEST_MALFORMED', {}],
    ['PRESET_UNKNOWN', { url: 'https://example.com/c.mp4', preset: 'nothing' }],
  ])('%s: %j', async (code, body) => {
    expect((await ingest(body)).body.code).toBe(code);
  });

  test('INGEST_OFF unless an operator has allowed it', async () => {
    const off = await startApi();
    try {
      const answer = await off.call('POST', path, { key: await off.key(), body: { url: 'https://example.com/a.mp4' } });
      expect([answer.status, answer.body.code]).toEqual([403, 'INGEST_OFF']);
    } finally {
      await off.stop();
    }
  });
});
