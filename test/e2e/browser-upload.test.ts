import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi, type TestApi } from '../support/api.ts';
import { openPage, withBrowser } from '../support/browser.ts';
import { tinyVideo } from '../support/tiny-video.ts';
import { createUpload } from '../support/upload.ts';

let api: TestApi;
let app: Server;
let other: Server;
beforeAll(async () => {
  [app, other] = [await servePage(), await servePage()];
  api = await startApi({ corsOrigins: [originOf(app)] }, { queueOn: 'postgres' });
});
afterAll(async () => {
  for (const server of [app, other]) server?.close();
  await api?.stop();
});

/** A web app on a port of its own. */
async function servePage(): Promise<Server> {
  const server = createServer((_request, response) => {
    response
      .setHeader('content-type', 'text/html')
      .end('<!doctype html><title>app</title><link rel="icon" href="data:,">');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function originOf(server: Server): string {
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

/** What the web app's page does with a token that its server got: runs in the browser. */
async function upload({ base, token, bytes }: { base: string; token: string; bytes: number[] }) {
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': `once-${path}`,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return {
      status: response.status,
      requestId: response.headers.get('x-request-id'),
      body: (await response.json()) as { parts: { url: string }[] },
    };
  };
  const signed = await call('POST', '/upload/parts', { part_numbers: [1] });
  const put = await fetch(signed.body.parts[0]?.url ?? '', { method: 'PUT', body: new Uint8Array(bytes) });
  const etag = put.headers.get('etag');
  const arrived = await call('GET', '/upload/parts');
  const completed = await call('POST', '/upload/complete', { parts: [{ part_number: 1, etag }] });
  const status = await call('GET', '/status');
  return { signed: signed.status, requestId: signed.requestId, arrived: arrived.body.parts, completed, status };
}

test('a page of another origin uploads a video with a token, and a page of a third one cannot', async () => {
  const file = tinyVideo('from a browser');
  const key = await api.key({ creatorId: 'anna' });
  // The app's server: the only one that has the key.
  const { video_id } = await createUpload(api, key, file.length);
  const { token } = (await api.call('POST', `/api/v1/videos/${video_id}/upload-token`, { key })).body;
  const sent = { base: `${api.url}/api/v1/videos/${video_id}`, token, bytes: [...file] };

  await withBrowser(async (browser) => {
    const evil = await openPage(browser);
    await evil.page.goto(originOf(other));
    await expect(evil.page.evaluate(upload, sent)).rejects.toThrow('Failed to fetch');
    expect(evil.complaints.join()).toContain('CORS');

    const { page, complaints } = await openPage(browser);
    await page.goto(originOf(app));
    const done = await page.evaluate(upload, sent);
    expect(done).toMatchObject({
      signed: 200,
      requestId: expect.any(String),
      arrived: [{ part_number: 1, size_bytes: file.length }],
      completed: { status: 202, body: { video_id, status: 'uploaded' } },
      status: { status: 200, body: { video_id, status: 'uploaded' } },
    });
    expect(complaints).toEqual([]);
  });
  expect(await api.database.videos.find(video_id)).toMatchObject({ status: 'uploaded', fileSize: file.length });
});
