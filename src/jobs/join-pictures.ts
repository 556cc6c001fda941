import { z } from 'zod';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { bufferAtStart } from '../ffmpeg/encoders/encoder.ts';
import { readTrack } from '../packaging/cmaf.ts';
import { type JoinFile, openJoinFile } from '../packaging/join-file.ts';
import { leastFiller } from '../packaging/pad-fragment.ts';
import type { EncodePlan, Rung } from '../plan/encode-plan.ts';
import { rateBuffer } from '../plan/rate-control.ts';
import {
  type BufferLevel,
  type DecoderBuffer,
  drainFragments,
  fillerBytes,
  levelAtStart,
  shareAtStart,
} from '../quality/leaky-bucket.ts';
import type { ArtefactStorage } from '../storage/storage.ts';
import { readChecked, readWhole } from './read-checked.ts';
import type { Repair } from './repair-segment.ts';
import type { Artefact } from './services.ts';

const segmentFacts = z.object({ initSha256: z.string() });

/** What a rendition is joined of: rows that are all there, each made with that init, and where each ends on the output's clock. */
export interface RenditionParts {
  rung: Rung;
  init: Artefact;
  media: { row: Artefact; endTicks: number }[];
}

/** The parts of a rendition, every segment of the plan. Throws PACKAGE_INVALID, naming what is missing, or ENCODE_INIT_MISMATCH. */
export function pictureParts(
  rendition: string,
  rung: Rung,
  { init, segments }: { init: Artefact; segments: Artefact[] },
  { source, segments: planned }: EncodePlan,
): RenditionParts {
  const byIndex = new Map(segments.map((row) => [row.segmentIndex, row]));
  const missing = planned.filter(({ index }) => !byIndex.has(index)).map(({ index }) => index);
  if (missing.length > 0 || byIndex.size !== planned.length) {
    const which = missing.length > 0 ? `, without ${missing.slice(0, 10).join(', ')}` : '';
    const detail = `${rendition}: ${byIndex.size} of ${planned.length} segments${which}`;
    throw new CatalogueError('PACKAGE_INVALID', detail);
  }
  const { numerator, denominator } = source.timeBase;
  const media = planned.flatMap(({ index, end }) => {
    const row = byIndex.get(index);
    if (!row) return [];
    if (segmentFacts.parse(row.facts).initSha256 !== init.sha256) {
      throw new CatalogueError('ENCODE_INIT_MISMATCH', `${rendition}, segment ${index}: made with another init`);
    }
    const endTicks = end === null ? Math.round(source.durationSeconds * denominator) : (end - source.start) * numerator;
    return [{ row, endTicks }];
  });
  return { rung, init, media };
}

/**
 * Joins a rendition into a local file, and watches the decoder's buffer over it: a segment under which it runs empty is made again,
 * once, with what is there at its start. Gives the rows of those that took the place of one. No other byte changes.
 */
export async function joinPicture(
  { rung, init, media }: RenditionParts,
  path: string,
  {
    storage,
    repair,
    signal,
    joined,
  }: { storage: ArtefactStorage; repair: Repair; signal: AbortSignal; joined: () => void },
): Promise<Artefact[]> {
  const header = await readWhole(storage, init);
  const buffer = { ...rateBuffer(rung.rateControl), timescale: readTrack(header).timescale };
  const replaced: Artefact[] = [];
  const file = await openJoinFile(path, header);
  try {
    const fills = rung.rateControl.mode === 'cbr';
    let level = fills ? levelAtStart(buffer, bufferAtStart) : levelAtStart(buffer);
    for (const { row, endTicks } of media) {
      const append = (media: AsyncIterable<Uint8Array>) => file.append(media, { endTicks, signal });
      await append(readChecked(storage, row));
      const segment = { rung, row, header, buffer, before: level };
      const held = await holdBuffer(file, segment, { repair, append, again: () => readChecked(storage, row) });
      level = fills ? await fillUp(file, buffer, held.level, endTicks) : held.level;
      if (held.replaced) replaced.push(held.replaced);
      joined();
    }
  } finally {
    await file.close();
  }
  return replaced;
}

/**
 * One rate, also over a segment: what its encoder has left over is filled up behind its last frame, and the next one finds the buffer as it was told.
 * Encoders fill by themselves only where the buffer would run over.
 */
async function fillUp(
  file: JoinFile,
  buffer: DecoderBuffer,
  level: BufferLevel,
  endTicks: number,
): Promise<BufferLevel> {
  const bytes = fillerBytes(buffer, level, { untilTicks: endTicks, share: bufferAtStart });
  if (bytes < leastFiller) return level;
  await file.pad(bytes);
  return { ...level, bits: level.bits - 8 * bytes };
}

interface JoinedSegment {
  rung: Rung;
  row: Artefact;
  header: Uint8Array;
  buffer: DecoderBuffer;
  before: BufferLevel;
}

async function holdBuffer(
  file: JoinFile,
  { rung, row, header, buffer, before }: JoinedSegment,
  {
    repair,
    append,
    again,
  }: { repair: Repair; append(media: AsyncIterable<Uint8Array>): Promise<void>; again(): AsyncIterable<Uint8Array> },
): Promise<{ level: BufferLevel; replaced: Artefact | null }> {
  const { level, underflow } = await drainFragments(buffer, before, file.frames());
  if (!underflow || row.segmentIndex === null) return { level, replaced: null };

  const share = shareAtStart(buffer, { level: before, underflow, assumed: bufferAtStart });
  const smaller = await repair({ rung, segmentIndex: row.segmentIndex, bufferAtStart: share });
  // Another init: this machine has another build of ffmpeg than the one that encoded. What does not join is no repair.
  if (!smaller || !Buffer.from(smaller.init).equals(header)) return { level, replaced: null };
  // Decode times are settled where a segment is joined: it is judged by what a player will find.
  await file.takeBack();
  await append(smaller.media());
  const after = await drainFragments(buffer, before, file.frames());
  if (!after.underflow || after.underflow.bits < underflow.bits) {
    return { level: after.level, replaced: await smaller.store() };
  }
  await file.takeBack();
  await append(again());
  return { level, replaced: null };
}
