import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { videoStatus } from '../../../src/api/live/status.ts';
import { ApiProblem, createApiClient, NoAnswer, statusAnswer, unanswered } from '../../../src/cli/api-client.ts';
import { ServiceMissing, UsageError } from '../../../src/cli/exit-codes.ts';
import { freePort } from '../../../src/local/free-port.ts';

test('a status keeps all that the API says of it', () => {
  const startedAt = new Date('2025-01-02T03:04:05Z');
  const body = videoStatus(
    { id: 'vid_1', status: 'transcoding', startedAt, runId: 'run_1', errorCode: null, errorDetail: null },
    { current: [], earlier: [] },
    startedAt,
  );
  expect(body.pipeline_progress).toMatchObject({ moderation: 'skipped', drm: 'skipped' });
  expect(statusAnswer.parse(body)).toEqual(body);
  const newer = { ...body, pipeline_progress: { ...body.pipeline_progress, subtitles: 'pending' }, views: 3 };
  expect(statusAnswer.parse(newer)).toEqual(newer);
});

async function callAt(listener: RequestListener): Promise<unknown> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return call(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
}

const call = (url: string): Promise<unknown> =>
  createApiClient({ url, key: 'key' })
    .call('GET', '/', z.unknown())
    .catch((error: unknown) => error);

const body = JSON.stringify({ code: 'SERVICE_UNAVAILABLE', detail: 'Postgres does not answer', hint: 'Wait.' });

test('every kind of bad answer is told apart', async () => {
  expect(await callAt((_, response) => response.writeHead(503).end(body))).toBeInstanceOf(ApiProblem);
  const locked = await callAt((_, response) => response.writeHead(401).end(body));
  expect(locked).toBeInstanceOf(UsageError);
  expect(String(locked)).toContain('REELMILL_API_KEY');

  const starting = await callAt((_, response) => response.writeHead(503).end());
  expect(starting).toBeInstanceOf(NoAnswer);
  const gateway = await callAt((_, response) => response.writeHead(502).end('<html>'));
  expect(gateway).toBeInstanceOf(NoAnswer);
  const another = await callAt((_, response) => response.writeHead(404).end('<html>'));
  expect(another).toBeInstanceOf(ServiceMissing);
  expect(another).not.toBeInstanceOf(NoAnswer);
});

test('a connection that breaks, or that nobody takes, is no answer', async () => {
  const cut = await callAt((_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{"half":');
    setTimeout(() => response.destroy(), 20);
  });
  expect(cut).toBeInstanceOf(NoAnswer);
  expect(await callAt((request) => request.destroy())).toMatchObject({ name: 'NoAnswer' });
  const free = await freePort();
  expect(await call(`http://127.0.0.1:${free}`)).toMatchObject({ name: 'NoAnswer' });
});

test('a certificate that nobody trusts is told at once, with what can name its authority', () => {
  const rejection = (code: string) =>
    new TypeError('fetch failed', { cause: Object.assign(new Error('no'), { code }) });
  for (const code of [
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ]) {
    const error = unanswered('https://a.example', rejection(code));
    expect(error).not.toBeInstanceOf(NoAnswer);
    expect(error.message).toContain(`(${code}): NODE_EXTRA_CA_CERTS`);
  }
  expect(unanswered('https://a.example', rejection('ECONNREFUSED'))).toBeInstanceOf(NoAnswer);
});

test.each([
  [{ 'retry-after': '7' }, 7_000],
  [{}, 0],
  [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, 0],
])('a refusal with %j asks to wait %i ms', async (headers, retryAfterMs) => {
  expect(await callAt((_, response) => response.writeHead(429, headers).end(body))).toMatchObject({
    status: 429,
    retryAfterMs,
  });
});
