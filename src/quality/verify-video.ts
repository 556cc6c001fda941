import { CatalogueError } from '../errors/catalogue-error.ts';
import type { EncodePlan } from '../plan/encode-plan.ts';
import type { RenditionSpan } from './check-rendition.ts';

const durationTolerance = 0.5;
const startTolerance = 0.05;

/**
 * The last check of a video, over renditions that have passed their own (`checkRendition`): each is as long as the plan, and sound and
 * picture start together. Throws VERIFY_FAILED.
 */
export function verifyVideo(plan: Pick<EncodePlan, 'source'>, renditions: readonly RenditionSpan[]): void {
  for (const { rendition, end } of renditions) {
    if (Math.abs(end - plan.source.durationSeconds) <= durationTolerance) continue;
    const detail = `${rendition}: it ends at ${end.toFixed(3)} s, the plan at ${plan.source.durationSeconds.toFixed(3)} s`;
    throw new CatalogueError('VERIFY_FAILED', detail, { facts: { rendition } });
  }
  const starts = renditions.map(({ start }) => start);
  if (Math.max(...starts) - Math.min(...starts) >= startTolerance) {
    const facts = renditions.map(({ rendition, start }) => `${rendition} at ${start.toFixed(3)} s`);
    throw new CatalogueError('VERIFY_FAILED', `Sound and picture do not start together: ${facts.join(', ')}`);
  }
}
