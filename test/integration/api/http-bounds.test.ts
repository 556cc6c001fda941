import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { listen } from '../../../src/api/http/listen.ts';
import { startApi, type TestApi } from '../../support/api.ts';

let api: TestApi;
let key: string;
beforeAll(async () => {
  api = await startApi(
    { bodyTimeoutMs: 500 },
    { queueOn: 'postgres', bounds: { headersMs: 500, checkMs: 100, silenceMs: 1_500, lingerMs: 200 } },
  );
  key = await api.key();
});
afterAll(() => api?.stop());

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** A connection by which anything may be sent; `end` resolves with all that came back once the server has closed it. */
function open(url = api.url) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  let said = '';
  socket.on('data', (bytes) => {
    said += bytes;
  });
  socket.on('error', () => undefined);
  const started = performance.now();
  const end = new Promise<{ said: string; ms: number }>((resolve) =>
    socket.on('close', () => resolve({ said, ms: performance.now() - started })),
  );
  return { socket, end };
}

/** Sends `text` again and again until the connection ends. */
async function drip(socket: Socket, text: string, everyMs: number) {
  while (!socket.destroyed && socket.writable) {
    socket.write(text);
    await wait(everyMs);
  }
}

const healthy = async () => expect((await api.call('GET', '/healthz')).status).toBe(200);
const head = (lines: string[]) => [...lines, 'host: x', `authorization: Bearer ${key}`, '', ''].join('\r\n');
const create = 'POST /api/v1/videos/upload HTTP/1.1';
const json = 'content-type: application/json';

describe('a client that is slow is cut off', () => {
  test('with its headers', async () => {
    const { socket, end } = open();
    socket.write('GET /healthz HTTP/1.1\r\n');
    void drip(socket, 'x-more: 1\r\n', 50);
    const { said, ms } = await end;
    expect(ms).toBeGreaterThan(400);
    expect(ms).toBeLessThan(30_000);
    expect(said).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('with nothing at all', async () => {
    expect((await open().end).ms).toBeLessThan(30_000);
  });

  test('REQUEST_TOO_SLOW: with the body of a request', async () => {
    const { socket, end } = open();
    socket.write(head([create, json, 'content-length: 10000']));
    void drip(socket, ' ', 50);
    const { said, ms } = await end;
    expect(ms).toBeLessThan(30_000);
    expect(said).toMatch(/^HTTP\/1\.1 408 /);
    expect(said).toContain('"code":"REQUEST_TOO_SLOW"');
  });

  test('as a reader that does not read', async () => {
    const bytes = 64 * 2 ** 20;
    const server = await listen({
      ...{ host: '127.0.0.1', port: 0, requestTimeoutMs: 60_000, closeTimeoutMs: 100 },
      bounds: { silenceMs: 300 },
    });
    const closed = new Promise((resolve) =>
      server.serve((_request, response) => {
        response.once('close', resolve);
        response.end(Buffer.alloc(bytes));
      }),
    );
    const { socket } = open(server.url);
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await closed;
    await server.close();
  });
});

describe('a body without an end is not read to its end', () => {
  test.each([
    ['of a route that takes none', 'GET /healthz HTTP/1.1'],
    ['of a page', 'POST / HTTP/1.1'],
    ['of somebody without a signature', 'PUT /storage/originals/a?uploadId=1&partNumber=1&signature=x HTTP/1.1'],
  ])('%s', async (_, line) => {
    const { socket, end } = open();
    socket.write(head([line, 'transfer-encoding: chunked']));
    void drip(socket, '1000\r\n'.concat('x'.repeat(4_096), '\r\n'), 5);
    const { said, ms } = await end;
    expect(said).toMatch(/^HTTP\/1\.1 (200|4\d\d) /);
    expect(ms).toBeLessThan(30_000);
  });

  test('REQUEST_TOO_LARGE: of a JSON body, however it is told', async () => {
    for (const told of ['transfer-encoding: chunked', 'content-length: 1000000000']) {
      const { socket, end } = open();
      socket.write(head([create, json, told]));
      void drip(socket, '1000\r\n'.concat(' '.repeat(4_096), '\r\n'), 2);
      const { said } = await end;
      expect(said).toMatch(/^HTTP\/1\.1 413 /);
      expect(said).toContain('"code":"REQUEST_TOO_LARGE"');
    }
  });
});

test('headers have a size', async () => {
  const { socket, end } = open();
  socket.write(head(['GET /healthz HTTP/1.1', `x-filler: ${'x'.repeat(20_000)}`]));
  expect((await end).said).toMatch(/^HTTP\/1\.1 431 /);
});

test('hundreds of slow clients keep nobody waiting, and are gone after a while', async () => {
  const slow = Array.from({ length: 400 }, (_, index) => {
    const { socket, end } = open();
    // A third says nothing, a third begins its headers, a third its body.
    if (index % 3 === 1) socket.write('GET /healthz HTTP/1.1\r\nx-a: ');
    if (index % 3 === 2) socket.write(head([create, json, 'content-length: 10000']));
    return end;
  });
  const started = performance.now();
  for (let count = 0; count < 20; count++) await healthy();
  // Of a busy machine; behind one of the slow ones each would wait for its end.
  expect(performance.now() - started).toBeLessThan(10_000);
  await Promise.all(slow);
  await healthy();
});

test('beyond the most connections at once a client is turned away, and let in once there is room', async () => {
  const server = await listen({
    ...{ host: '127.0.0.1', port: 0, requestTimeoutMs: 60_000, closeTimeoutMs: 100 },
    bounds: { connections: 5 },
  });
  server.serve((_request, response) => void response.end('here'));
  const held = Array.from({ length: 5 }, () => open(server.url));
  await Promise.all(held.map(({ socket }) => new Promise((resolve) => socket.on('connect', resolve))));
  expect((await open(server.url).end).said).toBe('');
  for (const { socket } of held) socket.destroy();
  await expect.poll(async () => (await fetch(server.url).catch(() => null))?.status).toBe(200);
  await server.close();
});
