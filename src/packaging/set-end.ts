import { type Box, boxesIn, childBoxes, damaged, needBox, readFullBox } from './boxes.ts';
import { readFrames } from './cmaf.ts';

const durationFlag = 0x100;

/**
 * Media whose last sample lasts until `endTicks`, where the next segment begins. An encoder that ends there cannot know
 * it and repeats a frame's usual duration: on a variable frame rate playlists then lost 1.2 s of 34. Times of frames do
 * not change. `media` is moof + mdat … of one track; throws OUTPUT_DAMAGED.
 */
export function setMediaEnd(init: Uint8Array, media: Uint8Array, endTicks: number): Uint8Array {
  const { frames } = readFrames(init, media);
  const last = frames.at(-1);
  if (!last) throw damaged('a segment has no frames');
  // Decode times may run past the end where frames become denser there; a sample still has a length.
  const wanted = Math.max(1, endTicks - last.dts);
  if (wanted === last.duration) return media;

  const { moof, traf, trun } = lastRun(media);
  const { flags, fields } = readFullBox(trun);
  const count = fields.u32();
  const durations = frames.slice(-count).map(({ duration }) => duration);
  durations.splice(-1, 1, wanted);
  return withDurations(media, [moof, traf, trun], flags, durations);
}

/** The last run that holds samples, and the boxes round it. */
function lastRun(media: Uint8Array): { moof: Box; traf: Box; trun: Box } {
  const moof = [...boxesIn(media)].filter(({ type }) => type === 'moof').at(-1);
  if (!moof) throw damaged('a segment has no moof');
  const traf = needBox(moof, ['traf']);
  const trun = childBoxes(traf)
    .filter((box) => box.type === 'trun' && readFullBox(box).fields.u32() > 0)
    .at(-1);
  if (!trun) throw damaged('the last fragment has no samples');
  return { moof, traf, trun };
}

/** The run with a duration for each sample: in place where it has that field, else the boxes round it grow. */
function withDurations(media: Uint8Array, [moof, traf, trun]: [Box, Box, Box], flags: number, durations: number[]) {
  const fieldsAt = trun.body + 8 + (flags & 0x1 ? 4 : 0) + (flags & 0x4 ? 4 : 0);
  const others = [0x200, 0x400, 0x800].filter((flag) => flags & flag).length * 4;
  if (flags & durationFlag) {
    const patched = Buffer.from(media);
    patched.writeUInt32BE(durations.at(-1) ?? 0, trun.end - 4 - others);
    return patched;
  }

  const grown = 4 * durations.length;
  const samples = durations.map((duration, position) => {
    const sample = Buffer.alloc(4 + others);
    sample.writeUInt32BE(duration);
    sample.set(media.subarray(fieldsAt + position * others, fieldsAt + (position + 1) * others), 4);
    return sample;
  });
  const result = Buffer.concat([media.subarray(0, fieldsAt), ...samples, media.subarray(trun.end)]);
  for (const box of [moof, traf, trun]) result.writeUInt32BE(box.end - box.start + grown, box.start);
  result.writeUInt32BE(result.readUInt32BE(trun.body) | durationFlag, trun.body);
  // The data lies behind the moof, which is longer now. Offsets count from its start (default-base-is-moof).
  for (const run of childBoxes({ ...traf, bytes: result, end: traf.end + grown })) {
    const header = run.type === 'trun' ? readFullBox(run) : null;
    if (header && header.flags & 0x1) result.writeInt32BE(result.readInt32BE(run.body + 8) + grown, run.body + 8);
  }
  return result;
}
