import { type Box, boxesIn, childBoxes, damaged, needBox, readFullBox } from './boxes.ts';
import { type Frame, framesOf, type Track } from './cmaf.ts';
import { decodeLimits, sampleDurations } from './decode-times.ts';

/** A sample on its way into a run: ticks, and the composition offset that keeps its picture where it is. */
interface SampleTimes {
  duration: number;
  offset: number;
}

/** A moof with what it says. */
export interface Fragment {
  moof: Uint8Array;
  /** In decode order. */
  frames: Frame[];
  /** Where its first picture is shown, ticks. */
  start: number;
}

/** Throws OUTPUT_DAMAGED, also where it has no frame. */
export function readFragment(track: Track, moof: Uint8Array): Fragment {
  const frames = framesOf(track, moof);
  if (frames.length === 0) throw damaged('a fragment has no frames');
  return { moof, frames, start: frames.reduce((least, { pts }) => Math.min(least, pts), Infinity) };
}

/**
 * A fragment's moof with durations that players can take at their word (`sampleDurations`), where the next fragment begins at `endTicks`:
 * an encoder that ends there cannot know it, and one of variable frame rate lays long holds on the wrong samples. No picture changes its
 * time, and a fragment of constant rate, or whose samples last as long as they should, keeps its bytes. Throws OUTPUT_DAMAGED.
 */
export function timeFragment(track: Track, fragment: Fragment, endTicks: number): Uint8Array {
  const { moof, frames, start } = fragment;
  if (isConstant(fragment, endTicks)) return moof;
  const pts = frames.map((frame) => frame.pts);
  const durations = sampleDurations(pts, endTicks, decodeLimits(track.timescale));
  if (frames[0]?.dts === start && frames.every(({ duration }, position) => duration === durations[position]))
    return moof;

  let dts = start;
  const samples = durations.map((duration, position) => {
    const offset = (pts[position] ?? 0) - dts + track.editMediaTime - track.editDelay;
    dts += duration;
    return { duration, offset };
  });
  return withTimes(moof, start, samples);
}

/** Each sample lasts as long as its picture is shown: at a low rate too, where reordering alone takes longer than our limit. */
function isConstant({ frames, start }: Fragment, end: number): boolean {
  const [first] = frames;
  if (first?.dts !== start || start + frames.length * first.duration !== end) return false;
  return frames.every(
    ({ pts, duration }) => duration === first.duration && pts < end && (pts - start) % duration === 0,
  );
}

function withTimes(moof: Uint8Array, start: number, samples: SampleTimes[]): Uint8Array {
  const [box] = boxesIn(moof);
  if (!box) throw damaged('a moof is empty');
  const traf = needBox(box, ['traf']);
  let from = 0;
  const children = childBoxes(traf).map((child) => {
    if (child.type !== 'trun') return child.type === 'tfdt' ? timeBox(child, start) : bytesOf(child);
    const count = readFullBox(child).fields.u32();
    from += count;
    return timedRun(child, samples.slice(from - count, from));
  });

  const grown = children.reduce((sum, { length }) => sum + length, 0) - (traf.end - traf.body);
  const others = childBoxes(box).map((child) =>
    child.start === traf.start ? boxOf('traf', children) : bytesOf(child),
  );
  const result = boxOf('moof', others);
  const [made] = boxesIn(result);
  if (made) moveData(needBox(made, ['traf']), grown);
  return result;
}

/** `tfdt`, 8.8.12, in 64 bits. */
function timeBox(tfdt: Box, start: number): Buffer {
  const body = Buffer.alloc(12);
  body.writeUInt32BE(0x1000000);
  body.writeBigInt64BE(BigInt(start), 4);
  return boxOf(tfdt.type, [body]);
}

/** `trun`, 8.8.8, with a duration and a signed offset for each sample; its other fields stay. */
function timedRun(trun: Box, samples: SampleTimes[]): Buffer {
  const { flags, fields } = readFullBox(trun);
  const head = 4 + 4 * [0x1, 0x4].filter((flag) => flags & flag).length;
  const body = Buffer.alloc(4 + head + samples.length * 4 * (2 + countOf(flags, [0x200, 0x400])));
  body.writeUInt32BE(0x1000000 + (flags | 0x900));
  body.set(trun.bytes.subarray(trun.body + 4, trun.body + 4 + head), 4);
  fields.skip(head);
  let at = 4 + head;
  const put = (value: number) => {
    at = value < 0 ? body.writeInt32BE(value, at) : body.writeUInt32BE(value, at);
  };
  for (const { duration, offset } of samples) {
    if (flags & 0x100) fields.skip(4);
    put(duration);
    for (let left = countOf(flags, [0x200, 0x400]); left > 0; left--) put(fields.u32());
    if (flags & 0x800) fields.skip(4);
    put(offset);
  }
  return boxOf('trun', [body]);
}

/** The data lies behind the moof, which is longer now; offsets count from its start (default-base-is-moof). */
function moveData(traf: Box, grown: number): void {
  for (const run of childBoxes(traf)) {
    if (run.type !== 'trun' || !(readFullBox(run).flags & 0x1)) continue;
    const view = new DataView(run.bytes.buffer, run.bytes.byteOffset + run.body + 8);
    view.setInt32(0, view.getInt32(0) + grown);
  }
}

const countOf = (flags: number, of: number[]): number => of.filter((flag) => flags & flag).length;

const bytesOf = ({ bytes, start, end }: Box): Uint8Array => bytes.subarray(start, end);

function boxOf(type: string, contents: Uint8Array[]): Buffer {
  const box = Buffer.concat([Buffer.alloc(4), Buffer.from(type, 'latin1'), ...contents]);
  box.writeUInt32BE(box.length);
  return box;
}
