import type { Frame } from '../packaging/cmaf.ts';

/** The decoder buffer of a rendition, from its rung. */
export interface DecoderBuffer {
  maxrateKbps: number;
  /** kbit */
  bufsizeKbps: number;
  /** Ticks a second of decode times. */
  timescale: number;
}

/** How much is in the buffer. */
export interface BufferLevel {
  bits: number;
  /** Decode time of the last frame that was taken out; null before the first. */
  dts: number | null;
}

/** Frames that were not whole in the buffer at their decode time. */
export interface Underflow {
  frames: number;
  /** That they lacked, together: what a player waits for, at `maxrateKbps`. */
  bits: number;
  /** Decode time of the first one, ticks. */
  firstDts: number;
}

/**
 * The level at which a player begins with a rendition: x264's default `vbv-init` (common/base.c, x264_param_default). H.264 leaves it
 * to the stream (initial_cpb_removal_delay, D.2.2), and ours does not say it.
 */
export const levelAtStart = ({ bufsizeKbps }: Pick<DecoderBuffer, 'bufsizeKbps'>, share = 0.9): BufferLevel => ({
  bits: share * bufsizeKbps * 1_000,
  dts: null,
});

/**
 * Takes frames, in decode order, out of the buffer; gives the level behind them, and what was missing. The buffer fills at maxrate up to
 * its size, and a frame leaves it whole at its decode time: the hypothetical reference decoder of H.264 C.1 with cbr_flag 0 (a server
 * that waits while the buffer is full is no fault), as x264 counts it (encoder/ratecontrol.c, update_vbv). A player waits for a frame
 * that is late and goes on with an empty buffer: what was waited for is not missing a second time. Pure.
 */
export function drainBuffer(
  buffer: DecoderBuffer,
  before: BufferLevel,
  frames: Iterable<Pick<Frame, 'dts' | 'bytes'>>,
): { level: BufferLevel; underflow: Underflow | null } {
  const bitsPerTick = (buffer.maxrateKbps * 1_000) / buffer.timescale;
  const size = buffer.bufsizeKbps * 1_000;
  const level = { ...before };
  let underflow: Underflow | null = null;
  for (const { dts, bytes } of frames) {
    const waited = level.dts === null ? 0 : Math.max(0, dts - level.dts);
    level.bits = Math.min(size, level.bits + waited * bitsPerTick) - bytes * 8;
    level.dts = dts;
    if (level.bits >= 0) continue;
    underflow = addUnderflow(underflow, { frames: 1, bits: -level.bits, firstDts: dts });
    level.bits = 0;
  }
  return { level, underflow };
}

/** As `drainBuffer`, for frames that come fragment by fragment. */
export async function drainFragments(
  buffer: DecoderBuffer,
  before: BufferLevel,
  fragments: AsyncIterable<Iterable<Pick<Frame, 'dts' | 'bytes'>>>,
): Promise<{ level: BufferLevel; underflow: Underflow | null }> {
  let level = before;
  let underflow: Underflow | null = null;
  for await (const frames of fragments) {
    const drained = drainBuffer(buffer, level, frames);
    level = drained.level;
    underflow = addUnderflow(underflow, drained.underflow);
  }
  return { level, underflow };
}

/** Two spans that follow one another, as one. */
export function addUnderflow(sum: Underflow | null, more: Underflow | null): Underflow | null {
  if (!sum || !more) return sum ?? more;
  return { ...sum, frames: sum.frames + more.frames, bits: sum.bits + more.bits };
}

/**
 * The share of the buffer that the encoder of a segment may count on at its start, where the segment broke the joined stream: what is
 * there indeed, less what the encoder took beyond what it was told (`assumed`, a share). It is the segment that must fit what it finds:
 * the one before it may have taken what its own start allowed, and changing that one would move every later level. Pure.
 */
export function shareAtStart(
  { bufsizeKbps }: Pick<DecoderBuffer, 'bufsizeKbps'>,
  found: { level: BufferLevel; underflow: Underflow; assumed: number },
): number {
  const size = bufsizeKbps * 1_000;
  const there = Math.min(found.level.bits, found.assumed * size);
  const foreseen = found.assumed * size - there;
  const overshoot = Math.max(0, found.underflow.bits - foreseen);
  // To a thousandth, downwards: the same argument for the same segment, and never more than there is.
  return Math.max(leastShare, Math.floor(((there - overshoot) / size) * 1_000) / 1_000);
}

/**
 * Bytes of filler behind the last frame that was taken out, so that at `untilTicks`, where the next segment begins, no more is in the buffer than
 * that share of it: its encoder counts on so much, and lets the buffer run over by what is there beyond. Pure.
 */
export function fillerBytes(
  buffer: DecoderBuffer,
  level: BufferLevel,
  at: { untilTicks: number; share: number },
): number {
  const ticks = Math.max(0, at.untilTicks - (level.dts ?? at.untilTicks));
  const then = level.bits + (ticks * buffer.maxrateKbps * 1_000) / buffer.timescale;
  return Math.max(0, Math.floor((then - at.share * buffer.bufsizeKbps * 1_000) / 8));
}

/** An encoder that is told of an empty buffer cannot code its first frame at all. */
const leastShare = 0.02;
