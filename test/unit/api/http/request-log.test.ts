import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { requestLog } from '../../../../src/api/http/request-log.ts';

test.each([
  ['of a proxy that is trusted', ['loopback'], '192.0.2.7'],
  ['of anybody else', [], '127.0.0.1'],
])('a line names the client, by the word %s', async (_, trusted, address) => {
  const lines: { req: unknown }[] = [];
  const log = pino({}, { write: (line) => void lines.push(JSON.parse(line)) });
  const app = express().set('trust proxy', trusted).use(requestLog(log));
  app.use((_request, response) => void response.end());
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  await fetch(`http://127.0.0.1:${port}/a?token=secret`, { headers: { 'x-forwarded-for': '192.0.2.7' } });
  await expect.poll(() => lines).toHaveLength(1);
  expect(lines[0]?.req).toEqual({ id: expect.any(String), method: 'GET', path: '/a', address });
});
