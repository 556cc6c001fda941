import type { Config } from '../config.ts';
import { migrate } from '../database/migrate.ts';
import { openDatabase } from '../database/open-database.ts';
import { createClosers } from '../lifecycle.ts';
import type { Logger } from '../log.ts';
import { storagePlace } from '../storage/open-storage.ts';
import { childEnvironment, publicUrl } from './child-environment.ts';
import { freePort } from './free-port.ts';
import { type Home, makeHome } from './home.ts';
import { HomeInUse } from './home-in-use.ts';
import { lockHome, unlockHome } from './home-lock.ts';
import type { Watcher } from './keep-running.ts';
import { keptSecret } from './kept-secret.ts';
import { localKey } from './local-key.ts';
import { type RunFile, removeRunFile, storageUrlOf, writeRunFile } from './run-file.ts';
import { type Processes, startProcesses } from './start-processes.ts';
import { startServices } from './start-services.ts';
import { type WorkerShare, workerShare } from './worker-share.ts';

export interface LocalOptions {
  config: Config;
  home: Home;
  /** CPU workers: processes. */
  cpuWorkers: number;
  /** The supervisor's own log. */
  log: Logger;
  /** Called after a process was started again, with its new id in the run file. */
  onRestart?: (name: string, run: RunFile) => void;
  /** Called after a process that cannot run as it is set up has been given up, with the reason in words. */
  onGiveUp?: (name: string, reason: string, run: RunFile) => void;
}

export interface LocalRun {
  /** As it was when everything was ready; process ids change, and run.json with them. */
  run: RunFile;
  /** Of each worker. */
  share: WorkerShare;
  /** Ends the workers, the relay and the API, then Redis, then Postgres; what we did not start stays as it is. */
  stop(): Promise<void>;
}

/**
 * Everything, on this machine: services found or started, migrated, then API, relay and workers as processes of their own
 * that are started again when they die. run.json is there when it resolves. Rejects with HomeInUse where another one runs.
 */
export async function startLocal(options: LocalOptions): Promise<LocalRun> {
  const { home, log } = options;
  await makeHome(home);
  const owner = await lockHome(home.lockFile);
  if (owner) throw new HomeInUse(home.root, owner.pid);

  const closers = createClosers();
  closers.push('lock', () => unlockHome(home.lockFile));
  closers.push('run.json', () => removeRunFile(home.runFile));
  try {
    await removeRunFile(home.runFile);
    return await startAll(options, closers);
  } catch (error) {
    await closers.closeAll().catch((closing: unknown) => log.error({ err: closing }, 'closing failed'));
    throw error;
  }
}

async function startAll(options: LocalOptions, closers: ReturnType<typeof createClosers>): Promise<LocalRun> {
  const { config, home, cpuWorkers, log, onRestart, onGiveUp } = options;
  const services = await startServices({ config, home, closers, watcher: (name) => watcherOf(name, log) });
  await migrate({ url: services.databaseUrl, log });
  const secret = config.REELMILL_SECRET ?? (await keptSecret(home.secret));
  const apiKey = await prepareKey(services.databaseUrl, options);
  const apiPort = await freePort(config.API_PORT, config.API_HOST);
  const apiUrl = publicUrl(config, apiPort);
  const storage = storagePlace({ ...config, REELMILL_HOME: home.root });
  const storageUrl = storageUrlOf({ storage });
  const facts = { config, ...services, secret, apiPort, apiUrl, storageUrl, cpuWorkers };

  let processes: Processes | undefined;
  const runNow = (pids: RunFile['pids']): RunFile => ({
    api_url: apiUrl,
    board_url: `${apiUrl}/admin/queues`,
    api_key: apiKey,
    database_url: services.databaseUrl,
    redis_url: services.redisUrl,
    storage,
    pids,
  });
  // one after the other: two processes may be started again at the same time
  let written: Promise<void> = Promise.resolve();
  const tell = (then: (run: RunFile) => void) => {
    if (!processes) return;
    const run = runNow(processes.pids());
    written = written
      .then(() => writeRunFile(home.runFile, run))
      .catch((err: unknown) => log.error({ err }, 'run.json not written'))
      .then(() => then(run)); // who hears of it reads the file
  };

  processes = await startProcesses({
    home,
    cpuWorkers,
    environment: childEnvironment(process.env, facts),
    graceMs: config.SHUTDOWN_GRACE_MS + 5_000,
    watcher: (name) =>
      watcherOf(name, log, {
        restarted: () => tell((run) => onRestart?.(name, run)),
        gaveUp: (reason) => tell((run) => onGiveUp?.(name, reason, run)),
      }),
  });
  closers.push('processes', async () => {
    await processes?.stop();
    await written;
  });
  const run = runNow(processes.pids());
  await writeRunFile(home.runFile, run);
  return { run, share: workerShare(config, process.env, cpuWorkers), stop: () => closers.closeAll() };
}

async function prepareKey(databaseUrl: string, { config, home, log }: LocalOptions): Promise<string> {
  const database = await openDatabase({ url: databaseUrl, log });
  try {
    return config.REELMILL_API_KEY ?? (await localKey(home.apiKey, database.keys));
  } finally {
    await database.close();
  }
}

function watcherOf(
  name: string,
  log: Logger,
  told: { restarted?: () => void; gaveUp?: (reason: string) => void } = {},
): Watcher {
  return {
    died: (pid, how, waitMs) => log.warn({ process: name, childPid: pid, how, waitMs }, 'process died'),
    failed: (err, waitMs) => log.error({ process: name, err, waitMs }, 'restart failed'),
    restarted: (pid) => {
      log.info({ process: name, pid }, 'process restarted');
      told.restarted?.();
    },
    gaveUp: (err) => {
      log.error({ process: name, err }, 'process cannot run here: not started again');
      told.gaveUp?.(err.message);
    },
  };
}
