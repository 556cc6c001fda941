import { createServer } from 'node:net';

/** `wanted` where nothing listens there yet, else a port that the system picks. On `host` only. */
export async function freePort(wanted = 0, host = '127.0.0.1'): Promise<number> {
  return (
    (await tryPort(wanted, host)) ?? (await tryPort(0, host)) ?? Promise.reject(new Error(`no free port on ${host}`))
  );
}

function tryPort(port: number, host: string): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      const taken = typeof address === 'object' && address ? address.port : null;
      server.close(() => resolve(taken));
    });
  });
}
