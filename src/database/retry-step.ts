import type { TaskType } from '../plan/task-specs.ts';

/** The steps from which a video can be retried, in the order of its way. */
export const retrySteps = ['probe', 'split', 'transcode', 'audio', 'thumbnails', 'package'] as const;
export type RetryStep = (typeof retrySteps)[number];

/** Why a run is there that a retry made. Pure. */
export const retryReason = (step: RetryStep): string => `retry from ${step}`;

/** The step that `retryReason` was given. Pure. */
export function stepOfReason(reason: string): RetryStep {
  const step = retrySteps.find((each) => retryReason(each) === reason);
  if (!step) throw new Error(`no retry has made a run for the reason: ${reason}`);
  return step;
}

/** What is made anew from each step on: itself and all that is made of it. `split`, `package` and `finalize` are, in every run. */
const redo: Record<RetryStep, readonly TaskType[]> = {
  probe: ['probe', 'split', 'transcode', 'audio', 'thumbnail', 'package', 'finalize'],
  split: ['split', 'transcode', 'audio', 'thumbnail', 'package', 'finalize'],
  transcode: ['transcode', 'package', 'finalize'],
  audio: ['audio', 'package', 'finalize'],
  thumbnails: ['thumbnail', 'finalize'],
  package: ['package', 'finalize'],
};

/** The types of tasks that a retry from a step takes over from no earlier run; without a step it takes over all that is committed. Pure. */
export const redoFrom = (step: RetryStep | undefined): readonly TaskType[] => (step ? redo[step] : []);

const stepOf: Record<TaskType, RetryStep> = {
  probe: 'probe',
  split: 'split',
  transcode: 'transcode',
  audio: 'audio',
  thumbnail: 'thumbnails',
  package: 'package',
  finalize: 'package', // it checks what package has made
};

/** Where a run has come to: the first step of which a task has failed, else the first of which one is not committed. Pure. */
export function stepReached(tasks: readonly { type: TaskType; status: string }[]): RetryStep {
  const first = (isIt: (status: string) => boolean) => {
    const steps = new Set(tasks.filter(({ status }) => isIt(status)).map(({ type }) => stepOf[type]));
    return retrySteps.find((step) => steps.has(step));
  };
  return first((status) => status === 'failed') ?? first((status) => status !== 'completed') ?? 'package';
}
