import type { EncodePlan, Rung, Segment } from './encode-plan.ts';
import type { Picture } from './picture.ts';

/** What one encode task of a plan is made of. */
export interface PlannedEncode {
  source: EncodePlan['source'];
  picture: Picture;
  segment: Segment;
  rungs: Rung[];
}

/** The segment and the rungs of a task, by its name. Throws for a name that the plan does not have. */
export function findEncodeTask(plan: EncodePlan, name: string): PlannedEncode {
  const task = plan.encodeTasks.find((candidate) => candidate.name === name);
  const segment = task && plan.segments[task.segmentIndex];
  if (!task || !segment || !plan.picture) throw new RangeError(`the plan has no task ${name}`);
  const rungs = plan.rungs.filter((rung) => rung.codec === task.codec && task.rungs.includes(rung.name));
  return { source: plan.source, picture: plan.picture, segment, rungs };
}

/** Estimated peak of a task's process, bytes, by its name. Throws for a name that the plan does not have. */
export function memoryOfTask(plan: Pick<EncodePlan, 'encodeTasks'>, name: string): number {
  const task = plan.encodeTasks.find((candidate) => candidate.name === name);
  if (!task) throw new RangeError(`the plan has no task ${name}`);
  return task.estimatedMemoryBytes;
}
