/** Runs shaka-packager, as `Ffmpeg` runs ffmpeg. */
export interface Packager {
  readonly version: string;
  run(args: string[], options: { signal: AbortSignal; cwd: string }): Promise<{ log: string }>;
}
