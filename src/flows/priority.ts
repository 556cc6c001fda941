import type { Priority } from '../database/database.ts';

/** BullMQ's largest is 2^21 - 1, lower is sooner, and 0 would beat all. */
const tierSpan = 2 ** 19;
const tiers = { urgent: 0, high: 1, normal: 2, low: 3 } as const satisfies Record<Priority, number>;

/**
 * A job's priority: first by tier, then by its place in the backlog of its creator (0 is the front), so that creators
 * take turns: the tenth segment of a small backlog comes before the eleventh of a large one.
 */
export function priorityOf(tier: Priority, place: number): number {
  return 1 + tiers[tier] * tierSpan + Math.min(Math.max(0, Math.floor(place)), tierSpan - 2);
}

/** A job's priority in another tier, at the place that it was given. Pure. */
export const inTier = (priority: number, tier: Priority): number => priorityOf(tier, (priority - 1) % tierSpan);
