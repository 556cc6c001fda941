import type { TaskCount } from '../../database/read-progress.ts';

/** What all open work of a run waits for: the code that its deliveries meet, and since when. */
export interface Waiting {
  code: string;
  since: Date;
}

/**
 * What a run waits for; null where any of its tasks gets on, or waits for its turn alone. A task that was taken up again and has told nothing since
 * is still one that waits: each attempt would else look like the end of it. Pure.
 */
export function waitingOf(tasks: readonly TaskCount[]): Waiting | null {
  const open = tasks.filter(({ status }) => status === 'running' || status === 'retrying');
  if (open.some(({ count, held }) => count !== held?.count)) return null;
  const [first] = open.flatMap(({ held }) => held ?? []).sort((a, b) => a.since.getTime() - b.since.getTime());
  return first ? { code: first.code, since: first.since } : null;
}
