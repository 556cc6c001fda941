import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { lastAnswer } from './last-answer.ts';

/** What answers requests; it calls `next` for those that it does not take. */
type Application = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

/** A server that listens, and takes its application later: the application must know the port. */
export interface ListeningServer {
  url: string;
  serve(app: Application): void;
  /** Lets running requests end, and cuts those that take longer than `closeTimeoutMs`. */
  close(): Promise<void>;
}

/** What one client may cost, ms unless it says otherwise. */
const usualBounds = {
  /** From the opening of a connection, or the first byte of a later request, to the end of its headers. */
  headersMs: 15_000,
  /** How often that is looked at. */
  checkMs: 2_000,
  /** Without one byte in either direction, whatever is under way: a reader who does not read, a part that does not come. Longer than a wait of `Prefer`, and than the time between two signs of life of an event stream. */
  silenceMs: 120_000,
  /** A connection that waits for its next request. Longer than load balancers keep theirs (60 s), or they would meet a closed one. */
  keepAliveMs: 65_000,
  /** What is left of a body that nobody wants may still come in this time; else the answer could be lost with the connection. */
  lingerMs: 1_000,
  /** Of a request line and its headers, bytes. */
  headerBytes: 16_384,
  /** At once. Those beyond are closed as they come. */
  connections: 10_000,
  /** Requests of one connection; the client then opens another. */
  requestsOfConnection: 10_000,
};

export type ServerBounds = typeof usualBounds;

/** Listens, within bounds for clients that are slow, endless or many. */
export async function listen(options: {
  host: string;
  /** 0 for any free one. */
  port: number;
  /** For a whole request with its body: as long as a part of an upload may take. What a JSON body may take is less (`jsonBody`). */
  requestTimeoutMs: number;
  closeTimeoutMs: number;
  bounds?: Partial<ServerBounds>;
}): Promise<ListeningServer> {
  const bound = { ...usualBounds, ...options.bounds };
  let app: Application = (_request, response) => {
    response.writeHead(503, { 'retry-after': '1' }).end();
  };
  const server = createServer(
    {
      requestTimeout: options.requestTimeoutMs,
      headersTimeout: Math.min(bound.headersMs, options.requestTimeoutMs),
      connectionsCheckingInterval: bound.checkMs,
      keepAliveTimeout: bound.keepAliveMs,
      maxHeaderSize: bound.headerBytes,
    },
    (request, response) => {
      endUnwanted(request, response, bound.lingerMs);
      app(request, response, (error) => lastAnswer(response, error));
    },
  );
  server.timeout = bound.silenceMs;
  server.maxConnections = bound.connections;
  server.maxRequestsPerSocket = bound.requestsOfConnection;
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const address = server.address();
  const port = address && typeof address === 'object' ? address.port : options.port;

  return {
    url: `http://${reachableHost(options.host)}:${port}`,
    serve(given) {
      app = given;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      const timer = setTimeout(() => server.closeAllConnections(), options.closeTimeoutMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

/** Node reads a body that its handler did not want to the end, however long it is: here the connection ends instead. */
function endUnwanted(request: IncomingMessage, response: ServerResponse, lingerMs: number): void {
  response.once('finish', () => {
    if (request.complete) return;
    const { socket } = request;
    const timer = setTimeout(() => socket.destroy(), lingerMs).unref();
    request.once('end', () => clearTimeout(timer));
  });
}

/** "All addresses" is nothing to connect to; an IPv6 address stands in brackets. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
