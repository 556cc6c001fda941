import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { createApiClient } from '../../../src/cli/api-client.ts';
import { uploadFile } from '../../../src/cli/upload-file.ts';
import { startApi } from '../../support/api.ts';
import { testFolder } from '../../support/folder.ts';
import { tinyVideo } from '../../support/tiny-video.ts';

/** Forwards every request to the API, and loses its first answer to each path. */
async function losingProxy(target: string): Promise<{ url: string; lost: string[] }> {
  const lost: string[] = [];
  const forward = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = 'GET', url = '/', headers } = request;
    const { host: _host, connection: _connection, 'content-length': _length, ...kept } = headers;
    const sent = {
      method,
      headers: Object.entries(kept).map(([name, value]): [string, string] => [name, String(value)]),
    };
    const answer = await fetch(`${target}${url}`, { ...sent, ...(method !== 'GET' && { body: await text(request) }) });
    const body = await answer.text();
    if (!lost.includes(url)) {
      lost.push(url);
      response.destroy();
      return;
    }
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' }).end(body);
  };
  const server = createServer((request, response) => void forward(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, lost };
}

test('an upload whose every answer is lost once makes one video', async () => {
  const api = await startApi({}, { queueOn: 'postgres' });
  onTestFinished(() => api.stop());
  const proxy = await losingProxy(api.url);
  const file = join(await testFolder('lost-answer'), 'clip.mp4');
  await writeFile(file, tinyVideo('lost'));

  const key = await api.key({ creatorId: 'lost-answer' });
  const id = await uploadFile(createApiClient({ url: proxy.url, key }), file, () => undefined);

  expect(proxy.lost).toEqual([
    '/api/v1/videos/upload',
    `/api/v1/videos/${id}/upload/parts`,
    `/api/v1/videos/${id}/upload/complete`,
  ]);
  const { body } = await api.call('GET', '/api/v1/videos', { key });
  expect(body.videos.map((video: { video_id: string }) => video.video_id)).toEqual([id]);
  expect(await api.database.videos.find(id)).toMatchObject({ status: 'uploaded' });
});
