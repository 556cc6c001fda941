import { buffer } from 'node:stream/consumers';
import type { PackagedRendition } from '../packaging/check-playlists.ts';
import { framesOf, readTrack } from '../packaging/cmaf.ts';
import { readBoxes } from '../packaging/read-boxes.ts';
import { type EncodePlan, renditionName } from '../plan/encode-plan.ts';
import { rateBuffer } from '../plan/rate-control.ts';
import { checkRendition, type RenditionSpan } from '../quality/check-rendition.ts';
import { addUnderflow, drainBuffer, levelAtStart, type Underflow } from '../quality/leaky-bucket.ts';
import type { ArtefactStorage } from '../storage/storage.ts';
import { readAhead } from './read-ahead.ts';
import type { Artefact } from './services.ts';

/** A rendition that holds every frame of the plan at its time. */
export interface VerifiedRendition extends RenditionSpan {
  kind: 'video' | 'audio';
  timescale: number;
  /** Where the decoder's buffer runs empty under it. */
  underflow: Underflow | null;
}

/**
 * Checks a packaged rendition, as it is stored, segment by segment: the times of its frames out of the headers (the pictures
 * themselves are not read), and the decoder's buffer over them. Rejects with VERIFY_FAILED.
 */
export async function verifyRendition(
  { rendition, kind, init, segments }: PackagedRendition,
  plan: EncodePlan,
  {
    outputOf,
    storage,
    signal,
  }: { outputOf: (path: string) => Artefact; storage: ArtefactStorage; signal: AbortSignal },
): Promise<VerifiedRendition> {
  const track = readTrack(await buffer(await storage.read(outputOf(init).key)));
  const { timescale } = track;
  const check = checkRendition(plan, { rendition, kind, timescale });
  const rung = plan.rungs.find((item) => renditionName(item) === rendition);
  const rates = rung && rateBuffer(rung.rateControl);
  let level = rates && levelAtStart(rates);
  let underflow: Underflow | null = null;

  const headers = readAhead(segments, { limit: 8, signal }, async (path) => {
    const { key, size } = outputOf(path);
    return readBoxes(['moof'], size, async (start, end) => buffer(await storage.read(key, { start, end: end - 1 })));
  });
  for await (const moofs of headers) {
    const frames = framesOf(track, moofs);
    check.add(frames);
    if (!rates || !level) continue;
    const drained = drainBuffer({ ...rates, timescale }, level, frames);
    level = drained.level;
    underflow = addUnderflow(underflow, drained.underflow);
  }
  return { ...check.end(), kind, timescale, underflow };
}
