import { type Box, damaged, needBox, readFullBox } from './boxes.ts';
import { findMoov, readTrackBox, type Track } from './track.ts';

/** The track of an MP4 without fragments. Times are ticks of `timescale`. */
export interface PlainTrack extends Track {
  /** Number of coded samples (for AAC: frames of 1024 samples). */
  samples: number;
  /** Sum of the samples' durations. */
  sampleDuration: number;
  /** How much is presented, from 0: after the edit list. */
  presentedDuration: number;
}

/** Reads the one track of an MP4 without fragments; its `moov` may lie before or behind the data. Throws OUTPUT_DAMAGED. */
export function readPlainTrack(file: Uint8Array): PlainTrack {
  const { track, trak } = readTrackBox(findMoov(file));
  const { samples, sampleDuration } = readTimeTable(needBox(trak, ['mdia', 'minf', 'stbl', 'stts']));
  const sizes = readSampleCount(needBox(trak, ['mdia', 'minf', 'stbl', 'stsz']));
  if (sizes !== samples) throw damaged(`${samples} samples have times, and ${sizes} have sizes`);
  const presented = track.editDuration ?? sampleDuration - track.editMediaTime;
  return { ...track, samples, sampleDuration, presentedDuration: track.editDelay + presented };
}

/** `stts`, 8.6.1.2: runs of samples of one duration. */
function readTimeTable(stts: Box): { samples: number; sampleDuration: number } {
  const { fields } = readFullBox(stts);
  let samples = 0;
  let sampleDuration = 0;
  for (let left = fields.u32(); left > 0; left--) {
    const count = fields.u32();
    samples += count;
    sampleDuration += count * fields.u32();
  }
  return { samples, sampleDuration };
}

/** `stsz`, 8.7.3.2 */
function readSampleCount(stsz: Box): number {
  const { fields } = readFullBox(stsz);
  fields.skip(4);
  return fields.u32();
}
