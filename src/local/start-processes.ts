import { join } from 'node:path';
import { startChild } from './child.ts';
import type { Home } from './home.ts';
import { keepRunning, type Watcher } from './keep-running.ts';
import type { RunFile } from './run-file.ts';

export interface ProcessOptions {
  home: Home;
  cpuWorkers: number;
  environment: NodeJS.ProcessEnv;
  /** From SIGTERM to SIGKILL, ms. */
  graceMs: number;
  watcher(name: string): Watcher;
}

export interface Processes {
  /** Of those that run now. */
  pids(): RunFile['pids'];
  stop(): Promise<void>;
}

/** API, relay and workers as processes of their own, all at once, kept running. Rejects, with none left, where one does not start. */
export async function startProcesses(options: ProcessOptions): Promise<Processes> {
  const keep = (name: string, ...command: string[]) =>
    keepRunning(
      () =>
        startChild({
          name,
          arguments: command,
          environment: options.environment,
          logFile: join(options.home.logs, `${name}.log`),
        }),
      options.watcher(name),
    );
  const workerNames = Array.from({ length: options.cpuWorkers }, (_, index) => `worker-${index + 1}`);
  const started = await Promise.allSettled([
    keep('api', 'api'),
    keep('relay', 'relay'),
    ...workerNames.map((name) => keep(name, 'worker', 'cpu')),
  ]);
  const running = started.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const stop = async () => void (await Promise.all(running.map((process) => process.stop(options.graceMs))));

  const failure = started.find((start) => start.status === 'rejected');
  const [api, relay, ...workers] = running;
  if (failure || !api || !relay) {
    await stop();
    throw failure?.reason;
  }
  return {
    stop,
    pids: () => ({
      api: api.pid,
      relay: relay.pid,
      workers: workers.filter(({ givenUp }) => !givenUp).map(({ pid }) => pid),
    }),
  };
}
