import type { VideoRow } from '../../database/database.ts';
import type { TaskCount } from '../../database/read-progress.ts';
import { isFinal } from '../../database/video-state.ts';
import { workDone, workInherited } from './progress.ts';

/** Below this much done, the rate says nothing yet: so also before the plan is known. */
const leastKnown = 0.05;

/**
 * When a run ends if it goes on as fast as it went since the video's `startedAt`. What was made before, and taken over, tells nothing of that: a
 * retry begins the clock anew. Null before the plan is known, while too little is done since, and at the end. Pure.
 */
export function estimatedCompletion(
  video: Pick<VideoRow, 'status' | 'startedAt'>,
  tasks: readonly TaskCount[],
  now: Date,
): Date | null {
  if (!video.startedAt || isFinal(video.status)) return null;
  const done = Math.min(1, workDone(tasks));
  const since = done - workInherited(tasks);
  const elapsedMs = now.getTime() - video.startedAt.getTime();
  if (since < leastKnown || elapsedMs <= 0) return null;
  return new Date(now.getTime() + (elapsedMs * (1 - done)) / since);
}
