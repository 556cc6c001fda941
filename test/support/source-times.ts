import { createLog } from '../../src/log.ts';
import type { Rational } from '../../src/plan/probe.ts';
import { runProcess } from '../../src/process/run-process.ts';
import { testTools } from './clips.ts';

/** Times of the frames that a decoder shows of a file's first video stream, ascending, in its own ticks. */
export interface SourceTimes {
  timeBase: Rational;
  pts: number[];
}

/** Measured by decoding the whole file, apart from everything that the product does: the truth that it is held against. */
export async function sourceTimes(path: string): Promise<SourceTimes> {
  const { ffprobe } = await testTools();
  const entries = 'stream=time_base:frame=best_effort_timestamp';
  const { stdout } = await runProcess(
    ffprobe.path,
    ['-v', 'error', '-select_streams', 'v:0', '-show_entries', entries, '-of', 'json', path],
    { signal: AbortSignal.timeout(60_000), log: createLog({ level: 'silent', name: 'test' }) },
  );
  const { streams, frames } = JSON.parse(stdout) as {
    streams: { time_base: string }[];
    frames: { best_effort_timestamp: number }[];
  };
  const [numerator = 0, denominator = 0] = streams[0]?.time_base.split('/').map(Number) ?? [];
  return {
    timeBase: { numerator, denominator },
    pts: frames.map((frame) => frame.best_effort_timestamp).sort((a, b) => a - b),
  };
}
