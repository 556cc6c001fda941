import { execFile } from 'node:child_process';
import { chown, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import type { Home } from './home.ts';
import { keptSecret } from './kept-secret.ts';
import { commandOf, endProcess } from './other-process.ts';
import { type PostgresBinaries, postgresBinaries } from './postgres-binaries.ts';
import { postgresUser, type RunAs } from './postgres-user.ts';
import { logTail, type ServerProcess, startServer } from './server-process.ts';

const database = 'reelmill';

/**
 * Starts the Postgres of a home on `port` (loopback only), and makes its data folder and database where they are missing.
 * One that a killed Reelmill has left there is ended first: what runs is always a child of this process.
 */
export async function startPostgres(home: Home, port: number): Promise<ServerProcess & { url: string }> {
  const binaries = postgresBinaries();
  if (!binaries) throw new Error(`no Postgres for ${process.platform}-${process.arch}: set DATABASE_URL`);
  const password = await keptSecret(home.postgresPassword);
  const runAs = await postgresUser([home.root, binaries.native]);
  await makeData(home, binaries, runAs);
  await endLeftOver(home.postgres);

  const logFile = join(home.logs, 'postgres.log');
  const server = await startServer({
    name: 'Postgres',
    command: [...runAs.before, binaries.postgres, '-D', home.postgres, ...serverFlags(port)],
    logFile,
    cwd: home.postgres,
    env: quietEnvironment(),
    ids: runAs.ids,
    signal: 'INT', // fast shutdown: SIGTERM would wait until every client has gone
  });
  const url = (name: string) => `postgres://postgres:${password}@127.0.0.1:${port}/${name}`;
  try {
    await untilItAnswers(url('postgres'), server, logFile);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { ...server, url: url(database) };
}

/** Pure: the flags of the server. */
const serverFlags = (port: number): string[] => [
  '-p',
  String(port),
  ...['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200', 'logging_collector=off'].flatMap(
    (setting) => ['-c', setting],
  ),
];

/** initdb into a folder beside it, renamed when whole: a start that was killed half-way leaves nothing that looks like data. */
async function makeData(home: Home, binaries: PostgresBinaries, runAs: RunAs): Promise<void> {
  if (await readFile(join(home.postgres, 'PG_VERSION')).catch(() => null)) return;
  const fresh = `${home.postgres}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  const owner = await ownerFor(runAs);
  if (owner) {
    await chown(fresh, owner.uid, owner.gid);
    await chown(home.postgresPassword, owner.uid, owner.gid);
  }
  const [program = '', ...args] = [
    ...[...runAs.before, binaries.initdb, '--pgdata', fresh, '--username', 'postgres', '--encoding', 'UTF8'],
    ...['--no-locale', '--auth', 'scram-sha-256', '--pwfile', home.postgresPassword, '--no-instructions'],
  ];
  await promisify(execFile)(program, args, { cwd: fresh, env: quietEnvironment(), ...runAs.ids });
  await rename(fresh, home.postgres);
}

/** The user that a prefixed command changes to, else the one that is given to spawn. */
async function ownerFor(runAs: RunAs): Promise<{ uid: number; gid: number } | null> {
  if ('uid' in runAs.ids) return { uid: Number(runAs.ids.uid), gid: Number(runAs.ids.gid) };
  const id = (flag: string) => Number(runAs.before.find((word) => word.startsWith(flag))?.slice(flag.length));
  return runAs.before.length > 0 ? { uid: id('--reuid='), gid: id('--regid=') } : null;
}

/**
 * Ends the Postgres that postmaster.pid names, if it is one of this folder, and removes the file where its process is
 * gone: Postgres itself refuses to start when that id has been given to any other program since (usual in containers).
 */
async function endLeftOver(folder: string): Promise<void> {
  const file = join(folder, 'postmaster.pid');
  const pid = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
  if (!Number.isInteger(pid)) return;
  const command = await commandOf(pid);
  if (command?.includes(`-D ${folder} `)) await endProcess(pid, 'SIGINT', 15_000);
  await rm(file, { force: true });
}

async function untilItAnswers(url: string, server: ServerProcess, logFile: string): Promise<void> {
  let dead = false;
  server.ended.then(() => {
    dead = true;
  });
  const deadline = Date.now() + 60_000; // recovery after a crash may take a while
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
      if (rowCount === 0) await client.query(`CREATE DATABASE ${database}`);
      return;
    } catch (error) {
      if (dead || Date.now() > deadline) {
        throw new Error(`Postgres did not start (${dirname(logFile)}/postgres.log):\n${await logTail(logFile)}`, {
          cause: error,
        });
      }
      await sleep(50);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/** The environment without what would send Postgres elsewhere (PGDATA, PGPORT …) or change the language of its log. */
const quietEnvironment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PG'))),
  LC_ALL: 'C',
});
