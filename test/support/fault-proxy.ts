import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** What happens to a request on its way; `times` (default: 1) how often. */
export type Fault = { times?: number } & (
  | { does: 'answer'; status: number; headers?: Record<string, string>; body?: string }
  /** The connection is closed before anything is said. */
  | { does: 'reset' }
  /** The request is swallowed, and nothing is said. */
  | { does: 'black hole' }
  /** The server does what is asked, and its answer is lost. */
  | { does: 'lose the answer' }
  /** So many bytes of the body arrive; then the connection is closed, or nothing more comes. */
  | { does: 'cut' | 'stall'; after: number }
  /** The body arrives in pieces of so many bytes, with a pause between them. */
  | { does: 'slow'; piece: number; pauseMs: number }
  /** A byte of the body that is sent is another one when it arrives. */
  | { does: 'corrupt' }
  /** The answer says another time. */
  | { does: 'date'; date: string }
);

interface Rule {
  method: string;
  path: RegExp;
  fault: Fault;
  left: number;
}

export interface FaultProxy {
  url: string;
  /** `GET /bucket/key`, and the range that is asked for behind it; one a request, in the order in which they came. */
  seen: string[];
  /** The next requests of this method whose path matches meet a fault. */
  next(method: string, path: RegExp, fault: Fault): void;
  /** Forgets faults that were not met, and what was seen. */
  clear(): void;
  /** Cuts every connection that is open. */
  cut(): void;
  close(): Promise<void>;
}

/** A proxy before an HTTP server that breaks what it is told to, and hands on all else as it is, signatures included. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const { hostname, port } = new URL(target);
  const rules: Rule[] = [];
  const seen: string[] = [];
  const sockets = new Set<Socket>();

  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    seen.push([request.method, path, request.headers.range].filter(Boolean).join(' '));
    const rule = rules.find(
      ({ method, left, path: wanted }) => left > 0 && method === request.method && wanted.test(path),
    );
    if (rule) rule.left -= 1;
    const fault = rule?.fault;
    if (fault?.does === 'reset') return void request.socket.resetAndDestroy();
    if (fault?.does === 'black hole') return void request.resume();
    if (fault?.does === 'answer') {
      request.resume();
      return void response.writeHead(fault.status, fault.headers).end(fault.body);
    }
    const { method, headers } = request;
    const onward = send({ hostname, port, path, method, headers }, (answer) => void handBack(answer, response, fault));
    onward.on('error', () => response.destroy());
    for await (const chunk of request) onward.write(fault?.does === 'corrupt' ? changed(chunk) : chunk);
    onward.end();
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };

  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    seen,
    next: (method, path, fault) => void rules.push({ method, path, fault, left: fault.times ?? 1 }),
    clear() {
      rules.length = 0;
      seen.length = 0;
    },
    cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}

async function handBack(answer: IncomingMessage, response: ServerResponse, fault: Fault | undefined): Promise<void> {
  try {
    if (fault?.does === 'lose the answer') {
      answer.resume();
      return void response.destroy();
    }
    const headers = fault?.does === 'date' ? { ...answer.headers, date: fault.date } : answer.headers;
    response.writeHead(answer.statusCode ?? 500, headers);
    response.flushHeaders();
    // Who goes away is gone for the server too.
    if (!fault) response.once('close', () => response.writableFinished || answer.destroy());
    let left = fault?.does === 'cut' || fault?.does === 'stall' ? fault.after : Number.POSITIVE_INFINITY;
    for await (const chunk of answer) {
      const piece = fault?.does === 'slow' ? fault.piece : chunk.length;
      for (let at = 0; at < chunk.length && left > 0; at += piece) {
        const some = chunk.subarray(at, Math.min(at + piece, at + left));
        left -= some.length;
        await new Promise((resolve) => response.write(some, resolve));
        if (fault?.does === 'slow') await wait(fault.pauseMs);
      }
      if (left > 0) continue;
      return fault?.does === 'cut' ? void response.destroy() : undefined;
    }
    response.end();
  } catch {
    response.destroy();
  }
}

function changed(chunk: Buffer): Buffer {
  const copy = Buffer.from(chunk);
  copy[0] = (copy[0] ?? 0) ^ 1;
  return copy;
}
