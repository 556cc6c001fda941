import type { Logger } from '../log.ts';
import { runProcess } from '../process/run-process.ts';
import type { Confinement, Sandbox, ToolAccess } from '../process/sandbox.ts';
import { parseProgress } from './parse-progress.ts';
import { type DecodedShape, parseDecodedShape, withoutChatter } from './picture-sizes.ts';

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
  /** Called with the kind of picture that comes into the filters: of the first one, and whenever it has changed. */
  onDecodedShape?: (shape: DecodedShape) => void;
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
  /** The same tools, which may touch nothing else than this. */
  within(access: ToolAccess): Ffmpeg;
}

export interface FfmpegOptions {
  tools: FfmpegTools;
  log: Logger;
  /** A process that makes no progress for this long is ended, ms. */
  stallTimeoutMs: number;
  /** Without it, and for what runs outside `within`: files and arguments of ours alone. */
  sandbox?: Sandbox;
}

/** ffmpeg and ffprobe behind the one door for processes. Logs at `warning`; an argument `-v info` says otherwise. */
export function createFfmpeg(options: FfmpegOptions): Ffmpeg {
  return confinedFfmpeg(options, undefined);
}

function confinedFfmpeg(options: FfmpegOptions, confinement: Confinement | undefined): Ffmpeg {
  const { tools, log, stallTimeoutMs, sandbox } = options;
  const globalArgs = [
    ...['-nostdin', '-hide_banner', '-nostats', '-v', 'warning', '-y'],
    ...['-progress', 'pipe:1'],
    ...(tools.statsPeriod ? ['-stats_period', '0.5'] : []),
  ];
  return {
    tools,

    async run(args, { signal, onFrame, onSeconds, onDecodedShape }) {
      const readLog = (line: string) => {
        const shape = parseDecodedShape(line);
        if (shape) onDecodedShape?.(shape);
      };
      const reached = { frames: -1, seconds: -1, bytes: -1 };
      const chatty = onDecodedShape ? ['-v', 'level+verbose'] : [];
      const { stderr } = await runProcess(tools.ffmpeg.path, [...globalArgs, ...chatty, ...args], {
        signal,
        log,
        confinement,
        stallTimeoutMs,
        progressed(line) {
          const progress = parseProgress(line);
          if (progress === null) return false;
          if ('frames' in progress && progress.frames > reached.frames) onFrame?.(progress.frames);
          if ('seconds' in progress && progress.seconds > reached.seconds) onSeconds?.(progress.seconds);
          const before = { ...reached };
          Object.assign(reached, progress);
          return reached.frames > before.frames || reached.seconds > before.seconds || reached.bytes > before.bytes;
        },
        onStdoutLine: () => {},
        ...(onDecodedShape ? { onStderrLine: readLog, keptOfStderrLine: withoutChatter } : {}),
      });
      return { log: stderr };
    },

    async probe(args, { signal, onLine }) {
      const { stdout, stderr } = await runProcess(tools.ffprobe.path, ['-hide_banner', '-v', 'warning', ...args], {
        signal,
        log,
        confinement,
        stallTimeoutMs,
        onStdoutLine: onLine,
        // The packaged build is static, and dies (SIGSEGV) where it loads a converter for the service name of a TS.
        env: { GCONV_PATH: '/nowhere' },
      });
      return { stdout, log: stderr };
    },

    within: (access) => confinedFfmpeg(options, sandbox && { sandbox, access }),
  };
}
