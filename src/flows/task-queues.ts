import type { Pipeline } from '../jobs/define-job.ts';
import { type QueueName, queueNames, queues as queueTable } from '../jobs/queues.ts';

export interface TaskName {
  videoId: string;
  runId: string;
  name: string;
}

/** Where a task's job may stand. An encode's queue depends on its encoder's fleet, which its name does not tell. Pure. */
export function queuesOf(jobs: Pipeline, { videoId, runId, name }: TaskName): QueueName[] {
  const [step] = name.split('.');
  const run = { videoId, runId };
  switch (step) {
    case 'probe':
    case 'split':
    case 'audio':
    case 'thumbnails':
    case 'package':
    case 'finalize':
      return [jobs[step].queue(run)];
    case 'encode':
      return queueNames.filter((queue) => queueTable[queue].locks === 'encode');
    default:
      throw new Error(`no step makes the task ${name}`);
  }
}
