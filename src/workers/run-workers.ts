import { hostname } from 'node:os';
import type { Config } from '../config.ts';
import type { Database } from '../database/database.ts';
import { retryDelay } from '../flows/flow-node.ts';
import type { QueueConnection, QueueWorker } from '../flows/queue-connection.ts';
import { within } from '../flows/time-out.ts';
import type { Pipeline } from '../jobs/define-job.ts';
import { type DeliverableJob, deliverable } from '../jobs/deliver-job.ts';
import { type QueueName, queues as queueTable } from '../jobs/queues.ts';
import type { JobServices } from '../jobs/services.ts';
import type { Logger } from '../log.ts';
import type { SandboxLevel } from '../process/sandbox.ts';
import { createAdmission } from './admission.ts';
import { watchCancels } from './cancel-watch.ts';
import { type DeliveryOptions, deliver } from './deliver.ts';
import { startHeartbeat } from './heartbeat.ts';
import { watchLocks } from './lock-watch.ts';
import { openWorkFolders } from './work-folders.ts';

export interface WorkersOptions {
  workerId: string;
  fleet: 'cpu' | 'gpu';
  queueNames: QueueName[];
  queues: QueueConnection;
  jobs: Pipeline;
  services: JobServices;
  /** What confines the tools of `services`. */
  sandbox: SandboxLevel;
  database: Database;
  /** Folders of running jobs lie below it. */
  workRoot: string;
  config: Pick<
    Config,
    | 'WORKER_SLOTS'
    | 'WORKER_MEMORY_BYTES'
    | 'ENCODE_LOCK_MS'
    | 'ENCODE_STALLED_MS'
    | 'LIGHT_LOCK_MS'
    | 'LIGHT_STALLED_MS'
    | 'SHUTDOWN_GRACE_MS'
    | 'SERVICE_OUTAGE_SECONDS'
  >;
  log: Logger;
}

/** Works off these queues until `stop` is called: it hands back what is running (no attempt is used) and resolves. */
export async function runWorkers(options: WorkersOptions): Promise<{ stop(): Promise<void> }> {
  const { queueNames, config, log } = options;
  const current = new Map<object, string>();
  let stopping = false;
  const holds = new Map<string, (held: boolean) => void>();
  const cancels = await watchCancels({ database: options.database, log });
  const delivery: DeliveryOptions = {
    jobs: deliverableJobs(options.jobs),
    services: options.services,
    database: options.database,
    folders: await openWorkFolders(options.workRoot, log),
    admission: createAdmission({
      budgetBytes: config.WORKER_MEMORY_BYTES,
      onHeld: (queue, held) => holds.get(queue)?.(held),
    }),
    cancels,
    stopping: () => stopping,
    outageMs: config.SERVICE_OUTAGE_SECONDS * 1_000,
    working(task) {
      const key = {};
      current.set(key, task);
      return {
        waits: () => void current.set(key, `${task} (waits for memory)`),
        begins: () => void current.set(key, task),
        done: () => void current.delete(key),
      };
    },
    log,
  };

  const workers = await Promise.all(queueNames.map((name) => startWorker(name, options, delivery)));
  for (const { worker } of workers) holds.set(worker.name, holding(worker));
  const heartbeat = await startHeartbeat(options.database, log, () => ({
    id: options.workerId,
    fleet: options.fleet,
    host: hostname(),
    pid: process.pid,
    queues: queueNames,
    slots: config.WORKER_SLOTS,
    sandbox: options.sandbox,
    currentTask: current.size > 0 ? [...current.values()].join(' ') : null,
  }));
  for (const { worker } of workers) void worker.run().catch((error: unknown) => log.error({ err: error }, 'worker'));

  return {
    async stop() {
      stopping = true;
      const closed = workers.map(({ worker }) => worker.close());
      // Close waits for running jobs, so tell them; what begins from now on hands itself back.
      for (const { worker } of workers) worker.cancelAllJobs('preempt');
      await within(config.SHUTDOWN_GRACE_MS, 'handing jobs back', Promise.all(closed)).catch((error: unknown) =>
        log.error({ err: error, tasks: [...current.values()] }, 'jobs were not handed back in time'),
      );
      for (const { locks } of workers) locks.close();
      await cancels.close();
      await heartbeat.stop();
    },
  };
}

/** While one of its jobs waits for memory a worker asks its queue for no other: that one job fills a concurrency of 1. */
function holding(worker: QueueWorker): (held: boolean) => void {
  const { concurrency } = worker;
  return (held) => {
    worker.concurrency = held ? 1 : concurrency;
  };
}

function deliverableJobs(jobs: Pipeline): Map<string, DeliverableJob> {
  const { encode, probe, split, audio, thumbnails, package: pack, finalize } = jobs;
  const all = [
    ...[probe, split, audio, thumbnails, pack, finalize].map((job) => deliverable(job)),
    deliverable(encode),
  ];
  return new Map(all.map((job) => [job.name, job]));
}

async function startWorker(name: QueueName, { queues, config, jobs }: WorkersOptions, options: DeliveryOptions) {
  const row = queueTable[name];
  const worker = await queues.createWorker(
    name,
    // Exactly these three: with fewer, BullMQ takes the signal away.
    (job, token, signal) => {
      if (token === undefined || signal === undefined) throw new Error('BullMQ gave no token or no signal');
      return deliver(options, { job, token, stop: signal, locks });
    },
    {
      concurrency: row.concurrency === 'slots' ? config.WORKER_SLOTS : row.concurrency,
      lockMs: row.locks === 'encode' ? config.ENCODE_LOCK_MS : config.LIGHT_LOCK_MS,
      stalledMs: row.locks === 'encode' ? config.ENCODE_STALLED_MS : config.LIGHT_STALLED_MS,
      retryDelayMs(attempt, jobName) {
        const job = Object.values(jobs).find((each) => each.name === jobName);
        return job ? retryDelay(job.backoff, attempt, Math.random()) : 1_000;
      },
    },
  );
  const locks = watchLocks(worker, worker.opts.lockDuration ?? 30_000);
  return { worker, locks };
}
