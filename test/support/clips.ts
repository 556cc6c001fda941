import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findTools } from '../../src/ffmpeg/find-tools.ts';
import type { FfmpegTools } from '../../src/ffmpeg/run-ffmpeg.ts';
import { createLog } from '../../src/log.ts';
import { runProcess } from '../../src/process/run-process.ts';

export interface ClipOptions {
  /** For the file's name; it has no other meaning. */
  name?: string;
  seconds: number;
  /** `25`, `30000/1001` */
  fps?: string | number;
  /** `320x180` */
  size?: string;
  /** A moving test card with a frame counter, or black with one white frame at each even second. */
  picture?: 'counter' | 'flash';
  /** A tone, or a click of 10 ms at each even second. */
  sound?: 'tone' | 'click';
  /** More filters for the picture, after the source: `settb=…,setpts=…`. */
  filter?: string;
  /** More filters for the sound. */
  soundFilter?: string;
  /** Taken as they are: codec and its options. */
  video?: string[];
  /** Codec and its options; null for a clip without sound. */
  audio?: string[] | null;
  /** Seconds by which sound begins later than the picture; below zero: earlier. */
  audioDelay?: number;
  container?: 'mp4' | 'mov' | 'mkv' | 'webm' | 'ts' | 'mpg' | 'avi' | 'flv';
  /** More options of the output. */
  output?: string[];
  /** A second pass that copies: options before and after its input. */
  copy?: { input?: string[]; output?: string[] };
}

/**
 * Makes a clip with the installed ffmpeg, once for the same options, and gives its path (read only). The folder is REELMILL_TEST_CLIPS, so
 * that suites can share one; without it a temporary one that goes with this process.
 */
export async function makeClip(options: ClipOptions): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(options)).digest('hex').slice(0, 12);
  const container = options.container ?? 'mp4';
  const path = join(clipFolder(), `${options.name ?? 'clip'}-${hash}.${container}`);
  if (existsSync(path)) return path;

  const partial = (step: string) => path.replace(/\.\w+$/, `.${process.pid}.${step}.${container}`);
  const first = partial('first');
  const tools = await testTools();
  await ffmpeg([...(await encodeArgs(options, tools)), first]);
  if (options.copy) {
    const { input = [], output = [] } = options.copy;
    await ffmpeg([...input, '-i', first, '-map', '0', '-c', 'copy', ...output, partial('second')]);
    rmSync(first);
  }
  await rename(options.copy ? partial('second') : first, path); // whole or not at all: other test files look here too
  return path;
}

/** Clips of the shapes that go wrong, tiny and longer than eight segments of 4 s where cuts matter. */
export const clips = {
  'fps-23.976': { seconds: 34, fps: '24000/1001', size: '64x36' },
  'fps-29.97': { seconds: 34, fps: '30000/1001', size: '64x36' },
  'fps-59.94': { seconds: 34, fps: '60000/1001', size: '64x36' },
  'fps-120': { seconds: 34, fps: 120, size: '64x36' },
  vfr: {
    seconds: 34,
    fps: 25,
    size: '64x36',
    // every frame off the grid by 0 to 24 ms, and some left out
    filter: "settb=1/90000,setpts='(N/25+mod(N*7,13)*0.002)/TB',select='not(between(mod(n,90),40,55))'",
    output: ['-video_track_timescale', '90000'],
  },
  'open-gop': {
    seconds: 34,
    size: '64x36',
    video: ['-c:v', 'libx264', '-x264-params', 'open-gop=1:keyint=48:scenecut=0:bframes=3:b-pyramid=normal'],
  },
  'edit-list': {
    seconds: 37,
    size: '64x36',
    video: ['-c:v', 'libx264', '-g', '60', '-bf', '2'],
    copy: { input: ['-ss', '2.76'] }, // not at a keyframe: packets before it are kept, and cut away by the edit list
  },
  'mkv-at-10s': { seconds: 34, size: '64x36', container: 'mkv', output: ['-output_ts_offset', '10'] },
  'ts-at-1.4s': {
    seconds: 34,
    size: '64x36',
    container: 'ts',
    video: ['-c:v', 'libx264', '-g', '50', '-bf', '3'],
  },
  'audio-early': { seconds: 12, size: '64x36', picture: 'flash', sound: 'click', audioDelay: -0.5 },
  'audio-late': { seconds: 12, size: '64x36', picture: 'flash', sound: 'click', audioDelay: 0.5 },
  'audio-hole': {
    seconds: 14,
    size: '64x36',
    picture: 'flash',
    sound: 'click',
    soundFilter: "aselect='not(between(t,5,8))'",
    container: 'mkv',
  },
  sync: { seconds: 12, size: '64x36', picture: 'flash', sound: 'click' },
} satisfies Record<string, ClipOptions>;

export type ClipName = keyof typeof clips;

/** A clip of the list above. */
export const clip = (name: ClipName): Promise<string> => makeClip({ name, ...clips[name] });

/** The old build that the product falls back to, beside the one on PATH: what we build must work with both. */
export const oldTools = (): Promise<FfmpegTools> => {
  const platform = `${process.platform}-${process.arch}`;
  const packaged = (tool: string) => resolve(`node_modules/@${tool}-installer/${platform}/${tool}`);
  return findTools({ ffmpegPath: packaged('ffmpeg'), ffprobePath: packaged('ffprobe') });
};

let tools: Promise<FfmpegTools> | undefined;

/** The tools that the product would use here. */
export const testTools = (): Promise<FfmpegTools> => {
  tools ??= findTools({ ffmpegPath: process.env.FFMPEG_PATH, ffprobePath: process.env.FFPROBE_PATH });
  return tools;
};

/** Runs ffmpeg as it is, without whitelists: for making and measuring clips. Gives its log. */
export async function ffmpeg(args: string[]): Promise<string> {
  const { stderr } = await runProcess((await testTools()).ffmpeg.path, ['-nostdin', '-v', 'error', '-y', ...args], {
    signal: AbortSignal.timeout(120_000),
    log: createLog({ level: 'silent', name: 'clips' }),
  });
  return stderr;
}

async function encodeArgs(options: ClipOptions, { fpsModeOption }: FfmpegTools): Promise<string[]> {
  const { seconds, fps = 25, size = '320x180', picture = 'counter', sound = 'tone', container = 'mp4' } = options;
  const delay = options.audioDelay ?? 0;
  const filter = options.filter ?? (delay < 0 ? 'settb=1/90000' : undefined); // else the delay is rounded to a frame
  const pictures = {
    counter: `testsrc2=size=${size}:rate=${fps}`,
    flash: `color=black:size=${size}:rate=${fps},drawbox=t=fill:color=white:enable='lt(mod(t+0.0001,2),1/(${fps}))'`,
  };
  const sounds = {
    tone: 'sine=frequency=440:sample_rate=48000',
    click: "aevalsrc='if(lt(mod(t,2),0.01),0.8*sin(2*PI*1000*t),0)':sample_rate=48000",
  };
  const withFilter = (source: string, filter?: string) => (filter ? `${source},${filter}` : source);
  const lavfi = (graph: string, offset: number) => [
    ...['-itsoffset', `${offset}`, '-f', 'lavfi', '-t', `${seconds}`, '-i', graph],
  ];
  const audio = options.audio === undefined ? defaultAudio(container) : options.audio;
  return [
    ...lavfi(withFilter(pictures[picture], filter), Math.max(0, -delay)),
    ...(audio ? lavfi(withFilter(sounds[sound], options.soundFilter), Math.max(0, delay)) : []),
    ...[fpsModeOption, 'passthrough', ...(filter ? ['-enc_time_base', '1:90000'] : [])],
    ...(options.video ?? defaultVideo(container)),
    ...['-pix_fmt', 'yuv420p'],
    ...(audio ?? []),
    ...(options.output ?? []),
  ];
}

const defaultVideo = (container: string): string[] => {
  if (container === 'webm') return ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '300k'];
  if (container === 'mpg') return ['-c:v', 'mpeg2video', '-b:v', '500k'];
  if (container === 'avi') return ['-c:v', 'mpeg4', '-b:v', '300k'];
  return ['-c:v', 'libx264', '-preset', 'veryfast'];
};

const defaultAudio = (container: string): string[] => {
  if (container === 'webm') return ['-c:a', 'libopus', '-b:a', '48k'];
  if (container === 'mpg' || container === 'avi') return ['-c:a', 'mp2', '-b:a', '96k'];
  return ['-c:a', 'aac', '-b:a', '64k'];
};

let folder: string | undefined;

/** Where clips are kept for this run. */
export function clipFolder(): string {
  if (folder) return folder;
  const shared = process.env.REELMILL_TEST_CLIPS;
  if (shared) {
    mkdirSync(shared, { recursive: true });
    folder = shared;
    return shared;
  }
  const own = mkdtempSync(join(tmpdir(), 'reelmill-clips-'));
  process.once('exit', () => rmSync(own, { recursive: true, force: true }));
  folder = own;
  return own;
}

/** Both builds that the product must work with, for `describe.each`. */
export const builds = [
  { build: 'this machine’s ffmpeg', tools: testTools },
  { build: 'the old ffmpeg', tools: oldTools },
];
