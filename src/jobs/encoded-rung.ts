import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { readFrames, splitCmaf } from '../packaging/cmaf.ts';
import { type Rung, renditionName } from '../plan/encode-plan.ts';
import type { PlannedEncode } from '../plan/find-encode-task.ts';
import { checkSegment } from '../quality/check-segment.ts';
import { segmentsPrefix } from '../storage/keys.ts';
import type { ArtefactStorage } from '../storage/storage.ts';
import type { Artefact, TakenTask } from './services.ts';

/** One rung's segment, checked, ready to be stored. */
export interface EncodedRung {
  rung: Rung;
  segmentIndex: number;
  init: Uint8Array;
  /** moof + mdat …: joined with those of the other segments, byte after byte, it is the rendition. */
  media: Uint8Array;
  frames: number;
  /** Of the output, as are `startTicks` and `endTicks`. */
  timescale: number;
  startTicks: number;
  endTicks: number;
}

/** Reads what ffmpeg wrote for a rung and checks it against the plan. Throws ENCODE_FRAMES_MISMATCH, ENCODE_TIMES_MISMATCH. */
export async function readEncoded(
  path: string,
  { rung, source, segment }: Omit<PlannedEncode, 'rungs'> & { rung: Rung },
): Promise<EncodedRung> {
  const { init, media } = splitCmaf(await readFile(path));
  const { timescale, frames } = readFrames(init, media);
  const span = checkSegment(
    { rendition: renditionName(rung), timescale, frames },
    { segment, timeBase: source.timeBase, sourceStart: source.start },
  );
  return { rung, segmentIndex: segment.index, init, media, frames: frames.length, timescale, ...span };
}

/** Stores a rung's media, and with the first segment its init, under this attempt's keys; gives their rows. */
export async function storeEncoded(
  { rung, segmentIndex, init, media, ...facts }: EncodedRung,
  { task, storage }: { task: TakenTask; storage: ArtefactStorage },
): Promise<Artefact[]> {
  const store = async (kind: 'segment' | 'init', suffix: string, body: Uint8Array): Promise<Artefact> => {
    const key = `${segmentsPrefix(task)}/${rung.name}${suffix}`;
    const { size } = await storage.put(key, body, { contentType: 'video/mp4' });
    const rendition = renditionName(rung);
    return {
      ...{ kind, rendition, segmentIndex, key, size, sha256: sha256(body) },
      facts: { ...facts, initSha256: sha256(init) },
    };
  };
  const artefacts = [await store('segment', '.m4s', media)];
  if (segmentIndex === 0) artefacts.push(await store('init', '.init.mp4', init));
  return artefacts;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
