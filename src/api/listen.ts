import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';

/** A server that listens, and takes its application later: the application must know the port. */
export interface ListeningServer {
  url: string;
  serve(app: RequestListener): void;
  /** Lets running requests end, and cuts those that take longer than `closeTimeoutMs`. */
  close(): Promise<void>;
}

export async function listen(options: {
  host: string;
  /** 0 for any free one. */
  port: number;
  requestTimeoutMs: number;
  closeTimeoutMs: number;
}): Promise<ListeningServer> {
  let app: RequestListener = (_request, response) => {
    response.writeHead(503, { 'retry-after': '1' }).end();
  };
  const server = createServer({ requestTimeout: options.requestTimeoutMs }, (request, response) =>
    app(request, response),
  );
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

/** "All addresses" is nothing to connect to; an IPv6 address stands in brackets. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
