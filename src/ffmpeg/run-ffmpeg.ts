import type { Logger } from '../log.ts';
import type { Effort } from '../plan/effort.ts';
import { timeBounds } from '../plan/time-bounds.ts';
import { runProcess } from '../process/run-process.ts';
import type { Confinement, Sandbox, ToolAccess } from '../process/sandbox.ts';
import { type DecodedShape, parseDecodedShape, withoutChatter } from './picture-sizes.ts';
import { type Reached, watchProgress } from './watch-progress.ts';

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
  /** What it has to work through: its time bounds are made of that. Without it: of nothing that is known, an hour at most. */
  effort?: Effort | undefined;
  /** For the error of a broken bound: where in the source it stands, in words (`at 12.0 s of the source`). */
  where?: ((reached: Reached) => string) | undefined;
  /** Called with the number of frames that came out so far. */
  onFrame?: (frames: number) => void;
  /** Called with the output time reached, seconds. */
  onSeconds?: (seconds: number) => void;
  /** Called with the kind of picture that comes into the filters: of the first one, and whenever it has changed. */
  onDecodedShape?: (shape: DecodedShape) => void;
  /** Called with each line of the log. */
  onLogLine?: (line: string) => void;
}

export interface ProbeOptions {
  signal: AbortSignal;
  onLine?: (line: string) => void;
  /** As of `RunOptions`. */
  effort?: Effort | undefined;
  where?: () => string;
}

/** Runs ffmpeg and ffprobe: local files only, whitelisted, watched, ended by process group. */
export interface Ffmpeg {
  readonly tools: FfmpegTools;
  /** Runs ffmpeg with these arguments. Resolves with its log (stderr's last 64 KiB). Rejects as `runProcess`. */
  run(args: string[], options: RunOptions): Promise<{ log: string }>;
  /** Runs ffprobe; standard output is given line by line (it may be large). Same errors. */
  probe(args: string[], options: ProbeOptions): Promise<{ stdout: string; log: string }>;
  /** The same tools, which may touch nothing else than this. */
  within(access: ToolAccess): Ffmpeg;
}

export interface FfmpegOptions {
  tools: FfmpegTools;
  log: Logger;
  /** A process that makes no progress for this long is ended, ms: one whose work is large gets longer (`timeBounds`). */
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
  const bounds = (effort: Effort | undefined) => ({
    ...timeBounds(effort, { leastMs: stallTimeoutMs }),
    boundFor: effort?.of,
    sign: effort?.sign,
  });
  return {
    tools,

    async run(args, { signal, effort, where, onFrame, onSeconds, onDecodedShape, onLogLine }) {
      const readLog = (line: string) => {
        onLogLine?.(line);
        const shape = onDecodedShape ? parseDecodedShape(line) : null;
        if (shape) onDecodedShape?.(shape);
      };
      const { reached, progressed } = watchProgress(effort?.sign ?? 'output', { onFrame, onSeconds });
      const chatty = onDecodedShape ? ['-v', 'level+verbose'] : [];
      const { stderr } = await runProcess(tools.ffmpeg.path, [...globalArgs, ...chatty, ...args], {
        signal,
        log,
        confinement,
        ...bounds(effort),
        reached: () => ({
          words: [sayReached(reached, effort), where?.(reached)].filter(Boolean).join(', '),
          facts: { frames: reached.frames, seconds: reached.seconds },
        }),
        progressed,
        onStdoutLine: () => {},
        ...(onDecodedShape || onLogLine ? { onStderrLine: readLog } : {}),
        ...(onDecodedShape ? { keptOfStderrLine: withoutChatter } : {}),
      });
      return { log: stderr };
    },

    async probe(args, { signal, effort, where, onLine }) {
      let lines = 0;
      const { stdout, stderr } = await runProcess(tools.ffprobe.path, ['-hide_banner', '-v', 'warning', ...args], {
        signal,
        log,
        confinement,
        ...bounds(effort),
        sign: 'line',
        reached: () => ({ words: [`after ${lines} lines`, where?.()].filter(Boolean).join(', '), facts: { lines } }),
        progressed() {
          lines += 1;
          return true;
        },
        onStdoutLine: onLine,
        // The packaged build is static, and dies (SIGSEGV) where it loads a converter for the service name of a TS.
        env: { GCONV_PATH: '/nowhere' },
      });
      return { stdout, log: stderr };
    },

    within: (access) => confinedFfmpeg(options, sandbox && { sandbox, access }),
  };
}

const sayReached = ({ frames, seconds }: Reached, effort: Effort | undefined): string =>
  effort?.sign === 'frame' || seconds === 0 ? `after ${frames} frames` : `after ${seconds.toFixed(1)} s of output`;
