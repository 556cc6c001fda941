import type { Frame } from '../../src/packaging/cmaf.ts';
import type { RateBuffer } from '../../src/plan/rate-control.ts';

export interface MadeRates {
  averageKbps: number;
  /** Of every whole media segment, as a player fetches it. */
  segmentKbps: number[];
  /** The least and the most that is in the decoder's buffer, as a share of it: it begins half full, and fills at its rate whether it is full or not. */
  lowest: number;
  highest: number;
}

/** What a packaged rendition takes, counted in its frames. `seconds`: of all of it; its media segments are of 4 s. */
export function ratesOf(
  { frames, timescale, seconds }: { frames: readonly Frame[]; timescale: number; seconds: number },
  { maxrateKbps, bufsizeKbps }: RateBuffer,
): MadeRates {
  const inOrder = [...frames].sort((a, b) => a.dts - b.dts);
  const kbit = (of: readonly Frame[]) => of.reduce((sum, { bytes }) => sum + bytes, 0) / 125;
  const segmentKbps = Array.from({ length: Math.floor(seconds / 4) }, (_, index) => {
    const at = ({ dts }: Frame) => Math.floor(dts / timescale / 4) === index;
    return kbit(inOrder.filter(at)) / 4;
  });
  let level = bufsizeKbps / 2;
  let before = inOrder[0]?.dts ?? 0;
  let [lowest, highest] = [level, level];
  for (const { dts, bytes } of inOrder) {
    level += ((dts - before) * maxrateKbps) / timescale;
    highest = Math.max(highest, level);
    level -= bytes / 125;
    lowest = Math.min(lowest, level);
    before = dts;
  }
  return {
    averageKbps: kbit(inOrder) / seconds,
    segmentKbps,
    lowest: lowest / bufsizeKbps,
    highest: highest / bufsizeKbps,
  };
}
