/** What a line of `-progress` tells: one fact at most. */
export type Progress = { frames: number } | { seconds: number } | { bytes: number } | null;

/** Reads one line of `-progress pipe:1`. `out_time_ms` is in microseconds too: an old mistake that ffmpeg keeps. */
export function parseProgress(line: string): Progress {
  const [, name, value] = /^(frame|out_time_us|out_time_ms|total_size)=\s*(\d+)$/.exec(line) ?? [];
  if (value === undefined) return null;
  if (name === 'frame') return { frames: Number(value) };
  if (name === 'total_size') return { bytes: Number(value) };
  return { seconds: Number(value) / 1_000_000 };
}
