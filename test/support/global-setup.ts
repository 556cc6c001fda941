import { createServer } from 'node:http';
import type { TestProject } from 'vitest/node';
import { type PostgresServer, startPostgres } from './postgres-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a test file asks for the run's Postgres (see postgres.ts). */
    postgresBroker: string;
  }
}

interface Broker {
  url: string;
  users: number;
  close(): Promise<void>;
}

/** One broker for all projects of a run: this file is loaded once for each of them, in one process. */
const shared: typeof globalThis & { reelmillBroker?: Promise<Broker> } = globalThis;

/**
 * Vitest's global set-up of the suites that need services. The run's Postgres is started when the first test file asks
 * for it, by this process, and stopped when the run ends: nothing starts for tests that need none, and several runs
 * at once have a server each.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  shared.reelmillBroker ??= openBroker();
  const broker = await shared.reelmillBroker;
  broker.users += 1;
  project.provide('postgresBroker', broker.url);
  return async () => {
    broker.users -= 1;
    if (broker.users > 0) return;
    shared.reelmillBroker = undefined;
    await broker.close();
  };
}

/** Answers every request with the URL of the server. */
async function openBroker(): Promise<Broker> {
  let starting: Promise<PostgresServer> | undefined;
  const http = createServer((_request, response) => {
    starting ??= startPostgres();
    starting.then(
      (server) => response.end(server.url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    users: 0,
    async close() {
      http.closeAllConnections();
      http.close();
      await starting?.then(
        (server) => server.stop(),
        () => undefined,
      );
    },
  };
}
