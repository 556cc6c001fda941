import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { readTrack } from '../packaging/cmaf.ts';
import { readBoxesOfFile } from '../packaging/read-boxes.ts';
import { scanFramesOfFile } from '../packaging/scan-frames.ts';
import { type Rung, renditionName } from '../plan/encode-plan.ts';
import type { PlannedEncode } from '../plan/find-encode-task.ts';
import { type SegmentSpan, segmentCheck } from '../quality/check-segment.ts';
import { segmentsPrefix } from '../storage/keys.ts';
import type { ArtefactStorage } from '../storage/storage.ts';
import type { Artefact, TakenTask } from './services.ts';
import { storeFile } from './store-artefact.ts';

/** One rung's segment as ffmpeg wrote it, checked. A segment can be a whole film: its media stays in its file. */
export interface EncodedRung {
  rung: Rung;
  segmentIndex: number;
  /** The fragmented MP4: ftyp, moov, then moof and mdat in turns, and an mfra that nobody needs. */
  path: string;
  init: Uint8Array;
  /** Bytes of the file: from, and up to not including. Joined with the other segments' it is the rendition. */
  media: { start: number; end: number };
  frames: number;
  /** Of the output, and of the span. */
  timescale: number;
  span: SegmentSpan;
  /** Sizes of the decoded pictures, `1280x720`, each once: several, or not those of other segments, where the source changes its own. */
  pictureSizes: string[];
  /** Of those that were decoded for it: the decoder has filled parts of them by guess. */
  damagedPictures: number;
}

/** Reads what ffmpeg wrote for a rung and checks it against the plan. Throws ENCODE_FRAMES_MISMATCH, ENCODE_TIMES_MISMATCH. */
export async function readEncoded(
  path: string,
  {
    rung,
    source,
    segment,
    pictureSizes = [],
    damagedPictures = 0,
  }: Omit<PlannedEncode, 'rungs'> & { rung: Rung; pictureSizes?: string[]; damagedPictures?: number },
): Promise<EncodedRung> {
  const init = await readBoxesOfFile(['ftyp', 'moov'], path);
  const track = readTrack(init);
  const tail = await readBoxesOfFile(['mfra'], path);
  const media = { start: init.length, end: (await stat(path)).size - tail.length };
  const check = segmentCheck(
    { rendition: renditionName(rung), timescale: track.timescale },
    { segment, timeBase: source.timeBase, sourceStart: source.start },
  );
  // Fragment by fragment: a segment can be a whole film.
  for await (const frames of scanFramesOfFile(track, media, path)) check.add(frames);
  const span = check.end();
  const { index: segmentIndex, frames } = segment;
  return {
    rung,
    segmentIndex,
    path,
    init,
    media,
    frames,
    timescale: track.timescale,
    span,
    pictureSizes,
    damagedPictures,
  };
}

/** Stores a rung's media, and with the first segment its init, under this attempt's keys; gives their rows. */
export async function storeEncoded(
  { rung, segmentIndex, path, init, media, frames, timescale, span, pictureSizes, damagedPictures }: EncodedRung,
  { task, storage }: { task: TakenTask; storage: ArtefactStorage },
): Promise<Artefact[]> {
  const initSha256 = createHash('sha256').update(init).digest('hex');
  const row = {
    rendition: renditionName(rung),
    segmentIndex,
    facts: { initSha256, frames, timescale, ...span, pictureSizes, damagedPictures },
  };
  const store = (kind: 'segment' | 'init', suffix: string) => {
    const key = `${segmentsPrefix(task)}/${rung.name}${suffix}`;
    return storeFile(storage, { ...row, kind, key, contentType: 'video/mp4' }, `${path}${suffix}`);
  };

  const mediaOfFile = createReadStream(path, { start: media.start, end: media.end - 1 });
  await pipeline(mediaOfFile, createWriteStream(`${path}.m4s`));
  const artefacts = [await store('segment', '.m4s')];
  if (segmentIndex === 0) {
    await writeFile(`${path}.init.mp4`, init);
    artefacts.push(await store('init', '.init.mp4'));
  }
  return artefacts;
}
