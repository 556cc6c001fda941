import {
  type BackendFactory,
  FlowProducer,
  type FlowProducerOptions,
  type IQueueBackend,
  Queue,
  type QueueOptions,
  Worker,
  type WorkerOptions,
} from 'bullmq';
import { type QueueName, queueNames } from '../jobs/queues.ts';
import type { Logger } from '../log.ts';
import type { JobRef, QueueConnection, QueueWorker } from './queue-connection.ts';
import { within } from './time-out.ts';

const callTimeoutMs = 15_000;
const readyTimeoutMs = 20_000;
const closeTimeoutMs = 5_000;

interface Backend {
  backend: QueueConnection['backend'];
  factory: BackendFactory;
  producer: QueueOptions & FlowProducerOptions;
  worker: WorkerOptions;
  /** Locks shorter than this are made this long. */
  leastLockMs: number;
  log: Logger;
  ping(): Promise<void>;
  closeConnection(): Promise<void>;
}

/** The one face over a backend's classes: what both backends share. */
export async function openQueues(backend: Backend): Promise<QueueConnection> {
  const { factory, log } = backend;
  const flow = new FlowProducer(backend.producer, factory);
  const queues = new Map(queueNames.map((name) => [name, openQueue(name, backend)]));
  const workers: QueueWorker[] = [];
  flow.on('error', (error) => log.warn({ err: error }, 'queue connection'));
  for (const queue of queues.values()) queue.on('error', (error) => log.warn({ err: error }, 'queue connection'));
  const queueOf = (name: QueueName) => {
    const queue = queues.get(name);
    if (!queue) throw new Error(`no queue ${name}`);
    return queue;
  };
  const call = <T>(what: string, work: Promise<T>) => within(callTimeoutMs, `queue: ${what}`, work);
  const closeAll = async () => {
    const opened = [...workers, ...queues.values(), flow].map((each) => each.close());
    await within(closeTimeoutMs, 'closing the queue', Promise.allSettled(opened)).catch(() => {});
    await within(closeTimeoutMs, 'closing the queue', backend.closeConnection()).catch(() => {});
  };
  await within(
    readyTimeoutMs,
    'opening the queue',
    Promise.all([flow, ...queues.values()].map((each) => each.waitUntilReady())),
  );

  return {
    backend: backend.backend,
    queue: queueOf,
    add: async (tree) => void (await call(`adding ${tree.opts?.jobId}`, flow.add(tree))),
    parent: ({ queue, id }) => ({ id, queue: queueOf(queue).qualifiedName }),
    state: ({ queue, id }) => call(`state of ${id}`, queueOf(queue).getJobState(id)),
    idsIn: (queue, states, most) => call(`jobs of ${queue}`, queueOf(queue).getRanges(states, 0, most - 1)),
    retryFailed: (ref) => call(`retry of ${ref.id}`, retryFailed(queueOf(ref.queue), ref)),
    changePriority: (ref, change) => call(`priority of ${ref.id}`, changePriority(queueOf(ref.queue), ref, change)),
    pendingChildren: (ref) => call(`children of ${ref.id}`, pendingChildren(queueOf(ref.queue), ref)),
    removeTree: async ({ queue, id }) => (await call(`removing ${id}`, queueOf(queue).remove(id))) > 0,
    async createWorker(name, processor, settings) {
      const worker = new Worker<unknown, unknown, string, IQueueBackend>(
        name,
        (job, token, signal) => processor(job, token, signal),
        {
          ...backend.worker,
          autorun: false, // a worker that runs before it is ready spins at 100 % CPU on Postgres
          concurrency: settings.concurrency,
          lockDuration: Math.max(settings.lockMs, backend.leastLockMs),
          stalledInterval: settings.stalledMs,
          // Never reset, not even by retry: poison is counted in Postgres instead.
          maxStalledCount: 100,
          drainDelay: 1, // else idle workers wake up 5 s late
          runRetryDelay: 1_000,
          settings: {
            backoffStrategy: (attempt, _type, _error, job) => settings.retryDelayMs(attempt, job?.name ?? ''),
          },
        },
        factory,
      );
      worker.on('error', (error) => log.warn({ err: error, queue: name }, 'queue worker'));
      workers.push(worker);
      await within(readyTimeoutMs, `opening the worker of ${name}`, worker.waitUntilReady());
      return worker;
    },
    ping: () => call('ping', backend.ping()),
    close: closeAll,
  };
}

function openQueue(name: QueueName, { producer, factory }: Backend): Queue {
  const queue = new Queue(name, producer, factory);
  // BullMQ writes its default backend, Redis, into the type that Bull Board asks for, and both work with any backend.
  return queue as Queue & typeof queue;
}

async function retryFailed(queue: Queue, { id }: JobRef): Promise<boolean> {
  const job = await queue.getJob(id);
  if (!job || (await job.getState()) !== 'failed') return false;
  await job.retry('failed', { resetAttemptsMade: true });
  return true;
}

async function changePriority(queue: Queue, { id }: JobRef, change: (added: number) => number): Promise<boolean> {
  const job = await queue.getJob(id);
  if (!job) return false;
  try {
    await job.changePriority({ priority: change(job.opts.priority ?? 1) });
    return true;
  } catch (error) {
    if (await queue.getJob(id)) throw error;
    return false;
  }
}

/** A child's key is `[<prefix>:]<queue>:<id>` on both backends; our ids have no colon. */
async function pendingChildren(queue: Queue, { id }: JobRef): Promise<string[]> {
  const job = await queue.getJob(id);
  const { unprocessed = [] } = (await job?.getDependencies({ unprocessed: { count: 100_000 } })) ?? {};
  return unprocessed.map((key) => key.slice(key.lastIndexOf(':') + 1));
}
