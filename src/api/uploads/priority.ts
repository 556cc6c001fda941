import type { CreatorPlan, Priority } from '../../database/database.ts';

const priorities = { free: 'low', standard: 'normal', premium: 'high' } as const satisfies Record<
  CreatorPlan,
  Priority
>;

/** A video's priority: what its creator pays for, never what a request asks for. */
export const priorityOf = (plan: CreatorPlan): Priority => priorities[plan];
