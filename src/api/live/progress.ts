import type { TaskCount } from '../../database/read-progress.ts';

type Shares = Readonly<Record<TaskCount['type'], number>>;

/** Shares of a run's time, roughly: neither percent nor estimate needs better, encoding is nearly all of it. */
const shares: Shares = {
  probe: 0.02,
  split: 0.01,
  transcode: 0.87,
  audio: 0.03,
  thumbnail: 0.02,
  package: 0.03,
  finalize: 0.02,
};
/** Sound alone: measuring and encoding it is nearly all. */
const sharesOfSound: Shares = { ...shares, transcode: 0, audio: 0.9 };

/**
 * How much of its work a run has done, 0 to 1: each type of task by its share, each task by what it has told. Before the plan is known nothing
 * counts but what leads to it, as a part of all that a plan can hold: so the number does not fall once it is known. Pure.
 */
export const workDone = (tasks: readonly TaskCount[]): number => weigh(tasks, partDone);

/** How much of its work a run has from before the video's clock began, 0 to 1: a part of `workDone`. Pure. */
export const workInherited = (tasks: readonly TaskCount[]): number => weigh(tasks, partInherited);

function weigh(tasks: readonly TaskCount[], partOf: (ofType: readonly TaskCount[]) => number): number {
  const planned = isPlanned(tasks);
  const soundAlone = planned && !tasks.some(({ type }) => type === 'transcode');
  let sum = 0;
  let present = 0;
  for (const [type, share] of Object.entries(soundAlone ? sharesOfSound : shares)) {
    const ofType = tasks.filter((task) => task.type === type);
    if (planned && ofType.length === 0) continue;
    present += share;
    if (planned || type === 'probe' || type === 'split') sum += share * partOf(ofType);
  }
  return sum / present;
}

/** How much of the encodes a run has done, 0 to 1; of sound alone, of its sound. 0 before the plan is known: until then its rows are not all there. Pure. */
export function encodesDone(tasks: readonly TaskCount[]): number {
  if (!isPlanned(tasks)) return 0;
  const encodes = tasks.filter(({ type }) => type === 'transcode');
  return partDone(encodes.length > 0 ? encodes : tasks.filter(({ type }) => type === 'audio'));
}

/** Whether the rows of all that the plan holds are there. Pure. */
export const isPlanned = (tasks: readonly TaskCount[]): boolean =>
  tasks.some(({ type, status }) => type === 'split' && status === 'completed');

/** How many tasks these are. Pure. */
export const countOf = (tasks: readonly TaskCount[]): number => tasks.reduce((sum, { count }) => sum + count, 0);

/** What tasks have done of what they are to do, 0 to 1. A task that is tried again keeps what it told: its row never goes back. */
function partDone(tasks: readonly TaskCount[]): number {
  const done = tasks.reduce((sum, { status, count, progress }) => sum + (status === 'completed' ? count : progress), 0);
  return tasks.length > 0 ? done / countOf(tasks) : 0;
}

const partInherited = (tasks: readonly TaskCount[]): number =>
  tasks.length > 0 ? tasks.reduce((sum, { inherited }) => sum + inherited, 0) / countOf(tasks) : 0;
