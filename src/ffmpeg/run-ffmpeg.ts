/** A found ffmpeg and ffprobe pair, and what this build can do. */
export interface FfmpegTools {
  ffmpeg: { path: string; version: string; from: 'setting' | 'path' | 'package' };
  ffprobe: { path: string; version: string; from: 'setting' | 'path' | 'package' };
  /** `-fps_mode` (ffmpeg >= 5.1) or `-vsync` */
  fpsModeOption: '-fps_mode' | '-vsync';
  /** `-stats_period` is known (ffmpeg >= 4.4) */
  statsPeriod: boolean;
}

export interface RunOptions {
  signal: AbortSignal;
  /** Called with the number of frames that came out so far. */
  onFrame?: (frames: number) => void;
  /** Called with the output time reached, seconds. */
  onSeconds?: (seconds: number) => void;
}

/** Runs ffmpeg and ffprobe: local files only, whitelisted, watched, ended by process group. */
export interface Ffmpeg {
  readonly tools: FfmpegTools;
  /** Runs ffmpeg with these arguments. Resolves with its log (stderr's last 64 KiB). Rejects with PROCESS_FAILED or PROCESS_STALLED. */
  run(args: string[], options: RunOptions): Promise<{ log: string }>;
  /** Runs ffprobe; standard output is given line by line (it may be large). Same errors. */
  probe(
    args: string[],
    options: { signal: AbortSignal; onLine?: (line: string) => void },
  ): Promise<{ stdout: string; log: string }>;
}
