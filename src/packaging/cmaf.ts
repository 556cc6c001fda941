import { type Box, boxesIn, childBoxes, damaged, findBox, needBox, readFullBox } from './boxes.ts';
import { readTrack, type SampleDefaults, type Track } from './track.ts';

export { readTrack, type Track } from './track.ts';

/** One coded picture. Times are ticks of the track; `pts` is the presentation time, after the edit list. */
export interface Frame {
  pts: number;
  dts: number;
  duration: number;
  key: boolean;
  bytes: number;
}

/**
 * Splits a fragmented MP4 into its init (ftyp + moov) and its media (moof + mdat …); `mfra`, `sidx` and whatever else is
 * dropped, so that media of several segments join byte after byte. Throws OUTPUT_DAMAGED.
 */
export function splitCmaf(file: Uint8Array): { init: Uint8Array; media: Uint8Array } {
  const boxes = [...boxesIn(file)];
  const init = joinBoxes(boxes.filter(({ type }) => type === 'ftyp' || type === 'moov'));
  if (!boxes.some(({ type }) => type === 'moov')) throw damaged('there is no moov');
  return { init, media: joinBoxes(boxes.filter(({ type }) => type === 'moof' || type === 'mdat')) };
}

/**
 * Every frame of a track's fragments, in decode order, from tfdt, tfhd, trun and the defaults of the init. `media` may
 * hold other boxes too, and may lack its mdat. Throws OUTPUT_DAMAGED. (ISO/IEC 14496-12, 8.8)
 */
export function readFrames(init: Uint8Array, media: Uint8Array): { timescale: number; frames: Frame[] } {
  const track = readTrack(init);
  return { timescale: track.timescale, frames: framesOf(track, media) };
}

/** As `readFrames`, where the header is known: for media that come piece by piece. */
export function framesOf(track: Track, media: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  for (const moof of boxesIn(media)) {
    if (moof.type !== 'moof') continue;
    for (const traf of childBoxes(moof)) if (traf.type === 'traf') readFragment(traf, track, frames);
  }
  return frames;
}

function joinBoxes(boxes: Box[]): Uint8Array {
  const joined = new Uint8Array(boxes.reduce((sum, box) => sum + box.end - box.start, 0));
  let at = 0;
  for (const box of boxes) {
    joined.set(box.bytes.subarray(box.start, box.end), at);
    at += box.end - box.start;
  }
  return joined;
}

function readFragment(traf: Box, track: Track, frames: Frame[]): void {
  const header = readFragmentHeader(needBox(traf, ['tfhd']), track.defaults);
  if (header.trackId !== track.id) return;
  const tfdt = findBox(traf, ['tfdt']);
  if (!tfdt) throw damaged(`the fragment at ${traf.start} has no tfdt: its time is not known`);
  let dts = readDecodeTime(tfdt);
  for (const trun of childBoxes(traf)) if (trun.type === 'trun') dts = readRun(trun, header, track, dts, frames);
}

/** `tfhd`, 8.8.7 */
function readFragmentHeader(tfhd: Box, defaults: SampleDefaults): SampleDefaults & { trackId: number } {
  const { flags, fields } = readFullBox(tfhd);
  const trackId = fields.u32();
  if (flags & 0x1) fields.skip(8); // base-data-offset
  if (flags & 0x2) fields.skip(4); // sample-description-index
  return {
    trackId,
    duration: flags & 0x8 ? fields.u32() : defaults.duration,
    size: flags & 0x10 ? fields.u32() : defaults.size,
    flags: flags & 0x20 ? fields.u32() : defaults.flags,
  };
}

/** `tfdt`, 8.8.12 */
function readDecodeTime(tfdt: Box): number {
  const { version, fields } = readFullBox(tfdt);
  return version === 1 ? fields.i64() : fields.u32();
}

/** `trun`, 8.8.8: adds its frames, and gives the decode time behind the last one. */
function readRun(trun: Box, defaults: SampleDefaults, track: Track, firstDts: number, frames: Frame[]): number {
  const { version, flags, fields } = readFullBox(trun);
  const count = fields.u32();
  if (flags & 0x1) fields.skip(4); // data-offset
  const firstFlags = flags & 0x4 ? fields.u32() : null;
  const fieldsPerSample = [0x100, 0x200, 0x400, 0x800].filter((flag) => flags & flag).length;
  // A run without fields may claim four thousand million samples in twenty bytes.
  if (fieldsPerSample === 0 ? count > 1_000_000 : fields.left() < count * fieldsPerSample * 4) {
    throw damaged(`trun at ${trun.start} claims ${count} samples`);
  }
  let dts = firstDts;
  for (let index = 0; index < count; index++) {
    const duration = flags & 0x100 ? fields.u32() : defaults.duration;
    const bytes = flags & 0x200 ? fields.u32() : defaults.size;
    const ownFlags = flags & 0x400 ? fields.u32() : defaults.flags;
    const sampleFlags = index === 0 && firstFlags !== null ? firstFlags : ownFlags;
    const offset = flags & 0x800 ? (version === 0 ? fields.u32() : fields.i32()) : 0;
    const pts = dts + offset - track.editMediaTime + track.editDelay;
    // sample_is_non_sync_sample, 8.8.3.1
    frames.push({ pts, dts, duration, key: (sampleFlags & 0x10000) === 0, bytes });
    dts += duration;
  }
  return dts;
}
