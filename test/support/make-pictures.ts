import { join } from 'node:path';
import { encodeArgs } from '../../src/ffmpeg/encode-args.ts';
import type { Encoder } from '../../src/ffmpeg/encoders/encoder.ts';
import { createFfmpeg, type FfmpegTools } from '../../src/ffmpeg/run-ffmpeg.ts';
import { runPictures } from '../../src/jobs/run-pictures.ts';
import { createLog } from '../../src/log.ts';
import { encodeEffort } from '../../src/plan/effort.ts';
import type { Rung } from '../../src/plan/encode-plan.ts';
import type { ProbedVideo, Rational } from '../../src/plan/probe.ts';
import { cappedCrf } from '../../src/plan/rate-control.ts';
import { ffmpeg } from './clips.ts';
import { pictureOf } from './picture-of.ts';

export interface MakePictures {
  tools: FfmpegTools;
  /** An empty folder. */
  workDir: string;
  /** The source, local. */
  path: string;
  demuxer: string;
  timeBase: Rational;
  /** What its probe says; the size at least. */
  found: Partial<ProbedVideo>;
  /** Of the rung; default: the upright size. */
  size?: { width: number; height: number };
  policy?: { maxFrameRate: number };
  /** Ticks; default: all of it. */
  span?: { start: number; end: number | null; seek: number | null };
}

/** All that encodes do to pictures, by the plan's own decisions, arguments and runner, and nothing lost by the encoder. Gives the MP4 and the sizes seen. */
export async function makePictures({ tools, workDir, path, demuxer, timeBase, found, ...options }: MakePictures) {
  const picture = pictureOf(found, options.policy);
  const size = options.size ?? { width: found.width ?? 0, height: found.height ?? 0 };
  const made = join(workDir, 'made.mp4');
  const rung: Rung = {
    ...{ name: 'made', codec: 'h264', encoder: 'libx264', ...size, rateControl: cappedCrf(1, 100_000, 100_000) },
    ...{ preset: 'ultrafast', profile: 'high444', level: '5.1' },
  };
  const span = options.span ?? { start: 0, end: null, seek: null };
  const segment = { index: 0, ...span, frames: 1, keyframes: [span.start], timesSha256: '' };
  const log = createLog({ level: 'silent', name: 'test' });
  const runner = createFfmpeg({ tools, log, stallTimeoutMs: 30_000 });
  const source = { demuxer, streamIndex: 0, timeBase, start: 0, frames: 100, durationSeconds: 4 };
  const sizes = await runPictures(
    { ffmpeg: runner, signal: AbortSignal.timeout(60_000), workDir },
    picture,
    (run) =>
      encodeArgs(
        { ...{ sourcePath: path, source, picture, segment }, ...{ rungs: [rung], outputPath: () => made, ...run } },
        tools,
        { libx264: losslessX264 },
      ),
    { effort: encodeEffort({ source, picture, segment, rungs: [rung] }) },
  );
  return { path: made, sizes, picture };
}

const losslessX264: Encoder = {
  args: () => ['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '0', '-bf', '0', '-x264-params', 'chromaloc=0'],
};

/** The frames of a file as the decoder gives them, planar and in the asked pixel format without conversion of range or matrix. */
export async function rawFrames(path: string, pixelFormat: string, input: string[] = []): Promise<string> {
  const raw = `${path}.${pixelFormat}`;
  await ffmpeg([
    ...['-noautorotate', ...input, '-i', path, '-map', '0:v:0', '-vsync', 'passthrough'],
    ...['-pix_fmt', pixelFormat, '-f', 'rawvideo', raw],
  ]);
  return raw;
}
