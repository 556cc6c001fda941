import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CatalogueError } from '../../../src/errors/catalogue-error.ts';
import { type FetchLimits, fetchUrl } from '../../../src/ingest/fetch-url.ts';
import { testFolder } from '../../support/folder.ts';

const body = Buffer.alloc(300_000, 7);
const server = createServer((request, response) => {
  const answer = answers[request.url ?? ''];
  if (answer) answer(request, response);
  else response.writeHead(404).end();
});
let port: number;
const seen: IncomingMessage[] = [];

const answers: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
  '/film.mp4': (request, response) => {
    seen.push(request);
    response.writeHead(200, { 'content-length': body.length }).end(body);
  },
  '/no-length': (_, response) => response.writeHead(200).end(body),
  '/moved': (_, response) => response.writeHead(302, { location: '/film.mp4' }).end(),
  '/round': (_, response) => response.writeHead(302, { location: '/round' }).end(),
  '/inside': (_, response) => response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end(),
  '/other-family': (_, response) => response.writeHead(307, { location: 'http://[::1]:1/' }).end(),
  '/packed': (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(body),
  '/broken-off': (_, response) => {
    response.writeHead(200, { 'content-length': body.length }).write(body.subarray(0, 1_000));
    setTimeout(() => response.destroy(), 50);
  },
  '/for-ever': (_, response) => {
    response.writeHead(200);
    const more = setInterval(() => response.write(Buffer.alloc(65_536)), 1);
    response.on('close', () => clearInterval(more));
  },
  '/silent': () => {},
  '/upgrade': ({ socket }) =>
    void socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n'),
  '/closed': ({ socket }) => void socket.destroy(),
  '/drop-by-drop': (_, response) => {
    const more = setInterval(() => response.write('.'), 20);
    response.on('close', () => clearInterval(more));
  },
  '/huge': (_, response) => void response.writeHead(200, { 'content-length': 2 ** 50 }).write('.'),
  '/private': (_, response) => response.writeHead(403).end('no'),
};

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const folder = await testFolder('ingest', afterAll);
let files = 0;
const fetched = async (path: string, options: Partial<FetchLimits> & { host?: string } = {}) => {
  const {
    allowedNetworks = ['127.0.0.0/8'],
    maxBytes = 1e6,
    signal = AbortSignal.timeout(5_000),
    host = `127.0.0.1:${port}`,
    ...more
  } = options;
  const file = join(folder, `file-${++files}`);
  const bytes = await fetchUrl(new URL(`http://${host}${path}`), file, { allowedNetworks, maxBytes, signal, ...more });
  return { bytes, file };
};
const refusal = (path: string, options?: Parameters<typeof fetched>[1]) =>
  fetched(path, options).then(
    () => 'fetched',
    (error) => (error instanceof CatalogueError ? `${error.code}: ${error.detail}` : String(error)),
  );

test.each(['/film.mp4', '/no-length', '/moved'])('%s comes as it is', async (path) => {
  const { bytes, file } = await fetched(path);
  expect(bytes).toBe(body.length);
  expect((await readFile(file)).equals(body)).toBe(true);
});

test('no secret of ours goes along, and nothing packed is asked for', async () => {
  await fetched('/film.mp4');
  const { headers } = seen.at(-1) ?? {};
  expect(Object.keys(headers ?? {}).sort()).toEqual(['accept', 'accept-encoding', 'connection', 'host', 'user-agent']);
  expect(headers?.['accept-encoding']).toBe('identity');
});

describe('INGEST_URL_REFUSED', () => {
  test('a name that leads inside', async () => {
    const before = seen.length;
    expect(await refusal('/film.mp4', { host: `localhost:${port}`, allowedNetworks: [] })).toMatch(
      /^INGEST_URL_REFUSED: localhost/,
    );
    expect(seen.length).toBe(before);
  });

  test.each(['/inside', '/other-family'])('a redirect that leads inside: %s', async (path) => {
    expect(await refusal(path)).toMatch(/^INGEST_URL_REFUSED/);
  });
});

const unreachable = 'The server cannot be reached, or broke off.';

describe('INGEST_FAILED', () => {
  test.each([
    ['/nothing', 'The server answered 404.'],
    ['/private', 'The server answered 403.'],
    ['/round', 'It redirects more than 5 times.'],
    ['/packed', 'Content-Encoding'],
    ['/broken-off', unreachable],
    ['/closed', unreachable],
    ['/upgrade', 'The server answered 101.'],
  ])('%s: %s', async (path, words) => {
    const said = await refusal(path);
    expect(said).toMatch(/^INGEST_FAILED/);
    expect(said).toContain(words);
  });

  test('a port that nobody listens at reads as any other connection that fails', async () => {
    expect(await refusal('/film.mp4', { host: '127.0.0.1:1' })).toBe(`INGEST_FAILED: ${unreachable}`);
    expect(await refusal('/film.mp4', { signal: AbortSignal.abort() })).toBe(`INGEST_FAILED: ${unreachable}`);
  });

  test('a server that sends, but hardly', async () => {
    const slowest = { bytesPerSecond: 65_536, overMs: 100 };
    expect(await refusal('/drop-by-drop', { slowest })).toMatch(
      /^INGEST_FAILED: It sends too slowly: less than 64 KiB/,
    );
  });

  test('a name that nobody knows', async () => {
    expect(await refusal('/film.mp4', { host: 'nowhere.invalid' })).toMatch(/^INGEST_FAILED: The name nowhere.invalid/);
  });

  test('a server that says nothing ends with the time that all of it may take, in its words', async () => {
    const late = AbortSignal.abort(new CatalogueError('INGEST_FAILED', 'It took longer than 1 s.'));
    expect(await refusal('/silent', { signal: late })).toBe('INGEST_FAILED: It took longer than 1 s.');
    expect(await refusal('/silent', { signal: AbortSignal.timeout(100) })).toMatch(/^INGEST_FAILED/);
  });
});

test('SERVICE_UNAVAILABLE: no room on the disk for what is told, or where nothing is told for anything', async () => {
  const words = 'SERVICE_UNAVAILABLE: The disk has no room for another file.';
  expect(await refusal('/huge', { maxBytes: 2 ** 51 })).toBe(words);
  expect(await refusal('/no-length', { spareBytes: 2 ** 50 })).toBe(words);
});

test('UPLOAD_TOO_LARGE: by its length before a byte is stored, else as soon as it is', async () => {
  expect(await refusal('/film.mp4', { maxBytes: 1_000 })).toBe(
    'UPLOAD_TOO_LARGE: At least 300000 bytes; at most 1000.',
  );
  expect(await refusal('/for-ever', { maxBytes: 200_000 })).toMatch(/^UPLOAD_TOO_LARGE/);
  const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(300_000);
});
