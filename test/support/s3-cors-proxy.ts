import { createServer, type IncomingHttpHeaders, type IncomingMessage, request as send } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type CorsRequest, type CorsRule, corsHeaders } from './s3-cors.ts';

export interface S3CorsProxy {
  /** What browsers call the server: signed URLs must be signed for it. */
  url: string;
  /** The rules of its buckets, from now on. */
  rules: CorsRule[];
  /** Of bodies that were sent through it, bytes. */
  bodyBytes: number;
  close(): Promise<void>;
}

/**
 * A server that answers CORS by the rules of a bucket, as S3 does, and hands on all else, `Host` and so signatures included. Swift has one
 * answer for all buckets and no `PutBucketCors`: its own words of CORS are taken out.
 */
export async function startS3CorsProxy(target: string): Promise<S3CorsProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const asked = corsOf(request);
    const allowed = asked && corsHeaders(proxy.rules, asked);
    if (asked?.preflight) {
      if (allowed) return void response.writeHead(200, allowed).end();
      return void response.writeHead(403, { 'content-type': 'application/xml' }).end(refusal);
    }
    request.on('data', (chunk: Buffer) => {
      proxy.bodyBytes += chunk.length;
    });
    const { method, url: path, headers } = request;
    const onward = send({ hostname, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, { ...withoutCors(answer.headers), ...allowed });
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: S3CorsProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    rules: [],
    bodyBytes: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return proxy;
}

const refusal =
  '<?xml version="1.0"?><Error><Code>AccessForbidden</Code><Message>CORSResponse: This CORS request is not allowed.</Message></Error>';

/** Null where no browser asks for a page. */
function corsOf({ method = '', headers }: IncomingMessage): CorsRequest | null {
  const { origin, 'access-control-request-method': wanted, 'access-control-request-headers': names = '' } = headers;
  if (!origin) return null;
  if (method !== 'OPTIONS' || !wanted) return { origin, method, headers: [], preflight: false };
  const list = names.split(',').map((name) => name.trim().toLowerCase());
  return { origin, method: wanted, headers: list.filter(Boolean), preflight: true };
}

const withoutCors = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.startsWith('access-control-') && name !== 'vary'),
  );
