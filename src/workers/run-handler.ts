import type { Job } from 'bullmq';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { DeliverableJob, OpenedJob } from '../jobs/deliver-job.ts';
import type { JobServices } from '../jobs/services.ts';
import type { Logger } from '../log.ts';
import { type Admission, NoRoom } from './admission.ts';
import type { CancelWatch } from './cancel-watch.ts';
import { confineTools } from './confine-tools.ts';
import type { Ending } from './judge-end.ts';
import type { LockWatch } from './lock-watch.ts';
import type { WorkFolders } from './work-folders.ts';

/** What handlers of one process share. */
export interface HandlerOptions {
  services: JobServices;
  admission: Admission;
  folders: WorkFolders;
  cancels: CancelWatch;
  /** Says what this process works on, for its heartbeat; `begins` is called when it waits no longer. */
  working(task: string): { waits(): void; begins(): void; done(): void };
}

interface Handled {
  job: Job;
  /** Of the queue: aborted by `cancelAllJobs` when this process stops. */
  stop: AbortSignal;
  locks: LockWatch;
  definition: DeliverableJob;
  task: OpenedJob;
  log: Logger;
}

/**
 * Waits until there is memory for a job, then runs its handler in a folder of its own. The queue's lock is renewed all the
 * while, and the time-out counts from when it begins. Gives what was thrown, and why we ended it, if we did.
 */
export async function runHandler(
  { services, admission, folders, cancels, working }: HandlerOptions,
  { job, stop, locks, definition, task, log }: Handled,
): Promise<{ thrown: { error: unknown } | null; ending: Ending | null }> {
  const abort = new AbortController();
  let ending: Ending | null = null;
  let begun = false;
  const end = (why: Ending, reason: Error) => {
    ending ??= why; // the first reason stays
    abort.abort(reason);
  };
  const onStop = () => end(begun ? 'preempted' : 'not-begun', new Error('this worker is shutting down'));
  const lock = locks.watch(job.id ?? '', () => end('lock-lost', new Error('the lock of this job is lost')));
  // Before the task is taken: whoever cancels earlier is seen by the take, whoever cancels later by this.
  const cancel = cancels.watch(task, () => end('cancelled', new Error('the video was cancelled')));
  let timeOut: NodeJS.Timeout | undefined;
  stop.addEventListener('abort', onStop, { once: true });
  if (stop.aborted) onStop();
  const current = working(task.name);
  try {
    const memoryBytes = await task.memoryBytes(services);
    const place = await enter(admission, job.queueName, {
      memoryBytes,
      options: { signal: abort.signal, log, onWait: current.waits },
    });
    begun = true;
    current.begins();
    timeOut = setTimeout(() => {
      const detail = `${task.name} took longer than ${definition.timeoutMs / 1_000} s`;
      const facts = { ranSeconds: definition.timeoutMs / 1_000 };
      end('timed-out', new CatalogueError('TASK_TIMEOUT', detail, { facts }));
    }, definition.timeoutMs);
    try {
      await folders.use(async (workDir) => {
        abort.signal.throwIfAborted();
        log.info('job started');
        await task.run({ ...confineTools(services, { workDir, memoryBytes }), log, workDir, signal: abort.signal });
      });
    } finally {
      place.leave();
    }
    return { thrown: null, ending };
  } catch (error) {
    if (error instanceof NoRoom) end('not-begun', error);
    return { thrown: { error: ending === 'timed-out' ? abort.signal.reason : error }, ending };
  } finally {
    current.done();
    stop.removeEventListener('abort', onStop);
    clearTimeout(timeOut);
    lock.done();
    cancel.done();
    abort.abort(new Error('the job is over')); // whatever was tied to it lets go
  }
}

/** A job that nobody has estimated begins at once. */
async function enter(
  admission: Admission,
  queue: string,
  { memoryBytes, options }: { memoryBytes: number; options: Parameters<Admission['enter']>[1] },
): Promise<{ leave(): void }> {
  return memoryBytes > 0 ? admission.enter({ queue, memoryBytes }, options) : { leave: () => {} };
}
