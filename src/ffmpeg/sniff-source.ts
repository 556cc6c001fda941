import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Policy } from '../plan/policy.ts';
import type { Demuxer } from './formats.ts';
import type { Judged, Shortage } from './shortage.ts';
import { type Sniffed, sniff } from './sniff.ts';
import { beginsWithBox } from './sniff-boxes.ts';
import { isZeros } from './sniff-bytes.ts';
import { judgeAsf, judgeAvi } from './sniff-chunks.ts';
import { shortFlv, shortMxf, shortOgg } from './sniff-ends.ts';
import { judgeMatroska } from './sniff-matroska.ts';
import { judgeMovie } from './sniff-movie.ts';
import { openBytes, type RangeSource, type SourceBytes } from './source-bytes.ts';

/** A container that ffmpeg may open. */
export interface SniffedSource {
  /** To be pinned. */
  demuxer: Demuxer;
  /** What its own bytes say is missing at its end; null where they say nothing. What can be shown all the same is for the probe to find out. */
  short: Shortage | null;
}

/**
 * Tells a source by its first and its last 64 KiB, and by the chain of its boxes, elements or chunks, before anything else opens it. It takes
 * one read up to 128 KiB; else two at once, then none to three more for most files, and at most 64 more, of 4 KiB, one after the other.
 *
 * Rejects with INPUT_… where nothing of it can be made into a video, whatever the policy: what it is instead, where it ends, or that it points
 * to other files. What a sound container carries behind its end (an archive, a page) stays there: nobody reads it, and originals are never
 * served as pages. Whatever `read` rejects with is passed on.
 */
export async function sniffSource(
  source: RangeSource,
  { audioOnly }: Pick<Policy, 'audioOnly'>,
): Promise<SniffedSource> {
  const bytes = await openBytes(source);
  const sniffed = await tell(bytes);
  if ('refused' in sniffed) {
    if (sniffed.sound && audioOnly === 'publish') return { demuxer: sniffed.sound, short: null };
    throw new CatalogueError(sniffed.refused, sniffed.detail);
  }
  const judged = await judgeEnds(sniffed.demuxer, bytes);
  if ('refused' in judged) throw new CatalogueError(judged.refused, judged.detail);
  return { demuxer: sniffed.demuxer, short: judged.short ?? shortOfZeros(bytes) };
}

async function tell(bytes: SourceBytes): Promise<Sniffed> {
  if (await beginsWithBox(bytes)) return { demuxer: 'mov' };
  const sniffed = sniff(bytes.head, bytes.tail);
  const unknown = 'refused' in sniffed && sniffed.refused === 'INPUT_NOT_MEDIA';
  return unknown && (await beginsWithBox(bytes, { any: true })) ? { demuxer: 'mov' } : sniffed;
}

async function judgeEnds(demuxer: Demuxer, bytes: SourceBytes): Promise<Judged> {
  switch (demuxer) {
    case 'mov':
      return judgeMovie(bytes);
    case 'matroska':
      return judgeMatroska(bytes);
    case 'avi':
      return judgeAvi(bytes);
    case 'asf':
      return judgeAsf(bytes);
    case 'flv':
      return { short: shortFlv(bytes) };
    case 'ogg':
      return { short: shortOgg(bytes) };
    case 'mxf':
      return { short: shortMxf(bytes) };
    default:
      return { short: null };
  }
}

const shortOfZeros = ({ tail }: SourceBytes): Shortage | null =>
  isZeros(tail) ? { words: 'it ends with zeros only, as an unfinished copy or download does', share: null } : null;
