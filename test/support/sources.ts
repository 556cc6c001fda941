import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clipFolder, ffmpeg } from './clips.ts';
import { numbered } from './read-pictures.ts';

/** How a source is made whose pictures are numbered from 0 on. */
export interface SourceRecipe {
  /** The end of the encoder's file; says the container. */
  extension: string;
  fps?: string | number;
  /** Pictures that are made; a filter or a later pass may leave some out. */
  frames: number;
  /** `64x36` */
  size?: string;
  /** Filters behind the number: `settb=…,setpts=…,select=…`. */
  filter?: string;
  pixelFormat?: string;
  /** Codec and its options. */
  video?: readonly string[];
  /** Codec and its options; without it there is no sound. */
  audio?: readonly string[];
  /** More options of the output. */
  output?: readonly string[];
  /** More passes, each of them copying unless it says another codec: options before the input, and behind it; another container. */
  passes?: readonly { input?: readonly string[]; output?: readonly string[]; extension?: string }[];
  /** Bytes that are lost at last. */
  remove?: { at: number; bytes: number };
  /** What is done to the bytes of the file at last; its text is part of the name, so it leans on nothing but its own. */
  damage?: (bytes: Buffer) => Buffer;
}

/** Says how the pixels are meant as the output is: nothing is converted then. */
export const bt709 = ['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv'];

const parameters = (name: string, values: Record<string, string | number>): string[] => [
  name,
  Object.entries(values)
    .map((entry) => entry.join('='))
    .join(':'),
];

/** H.264 by x264, with a GOP of so many frames; closed, unless `more` says otherwise. */
export const h264 = (keyint: number, more: Record<string, string | number> = {}): string[] => [
  ...['-c:v', 'libx264', '-preset', 'ultrafast'],
  ...parameters('-x264-params', { keyint, scenecut: 0, bframes: 2, ...more }),
];
const openGop = { 'open-gop': 1, bframes: 3, 'b-pyramid': 'normal' };
export const h264OpenGop = (keyint: number): string[] => h264(keyint, openGop);
export const hevcOpenGop = (keyint: number): string[] => [
  ...['-c:v', 'libx265', '-preset', 'ultrafast'],
  ...parameters('-x265-params', { keyint, scenecut: 0, 'open-gop': 1, bframes: 3, 'log-level': 'error' }),
];
/** VP8 or VP9 with alternate reference frames, which are in the file and never shown. */
export const vpxAltRef = (encoder: 'libvpx' | 'libvpx-vp9', keyint: number): string[] => [
  ...['-c:v', encoder, '-deadline', 'good', '-cpu-used', '5', '-b:v', '100k'],
  ...['-auto-alt-ref', '1', '-lag-in-frames', '25', '-g', String(keyint)],
];
export const mpeg2 = (keyint: number): string[] => [
  '-c:v',
  'mpeg2video',
  '-bf',
  '2',
  '-g',
  `${keyint}`,
  '-b:v',
  '300k',
];
export const mpeg4 = (bFrames: number): string[] => ['-c:v', 'mpeg4', '-bf', `${bFrames}`, '-g', '50', '-b:v', '300k'];
export const aac = ['-c:a', 'aac', '-b:a', '32k'];

/** Filter: gives each picture this time in seconds, an expression of its number N; to 1/90000 s. */
export const timedBy = (seconds: string): string => `settb=1/90000,setpts='round((${seconds})*90000)'`;

/** Makes a source with the installed ffmpeg, once for the same recipe, and gives its path (read only). */
export async function makeSource(recipe: SourceRecipe): Promise<string> {
  const text = JSON.stringify({ ...recipe, damage: recipe.damage?.toString(), numbered, bt709 });
  const name = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const { passes = [] } = recipe;
  const extensions = [recipe.extension, ...passes.map(({ extension }) => extension ?? recipe.extension)];
  const path = join(clipFolder(), `source-${name}.${extensions.at(-1)}`);
  if (existsSync(path)) return path;

  const work = join(clipFolder(), `making-${name}-${process.pid}`);
  await mkdir(work, { recursive: true });
  try {
    const fileOf = (pass: number) => join(work, `${pass}.${extensions[pass]}`);
    await ffmpeg([...encodeArgs(recipe), fileOf(0)]);
    for (const [index, { input = [], output = [] }] of passes.entries()) {
      await ffmpeg([...input, '-i', fileOf(index), '-map', '0', '-c', 'copy', ...output, fileOf(index + 1)]);
    }
    const made = fileOf(passes.length);
    if (recipe.damage) await writeFile(made, recipe.damage(await readFile(made)));
    if (recipe.remove) await writeFile(made, without(recipe.remove, await readFile(made)));
    await rename(made, path); // whole or not at all: other test files look here too
    return path;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

const without = ({ at, bytes }: { at: number; bytes: number }, file: Buffer): Buffer =>
  Buffer.concat([file.subarray(0, at), file.subarray(at + bytes)]);

function encodeArgs(recipe: SourceRecipe): string[] {
  const {
    fps = 25,
    frames,
    size = '64x36',
    filter,
    pixelFormat = 'yuv420p',
    video = h264(50),
    audio,
    output = [],
  } = recipe;
  const seconds = frames / rateOf(fps);
  const picture = [`testsrc2=size=${size}:rate=${fps}`, `trim=end_frame=${frames}`, numbered, filter]
    .filter(Boolean)
    .join();
  return [
    ...['-f', 'lavfi', '-i', `${picture}[out0]`],
    ...(audio ? ['-f', 'lavfi', '-t', String(seconds), '-i', 'sine=frequency=440:sample_rate=48000'] : []),
    ...['-vsync', 'passthrough', ...(filter ? ['-enc_time_base', '1:90000'] : [])],
    ...['-pix_fmt', pixelFormat, ...bt709, ...video],
    ...(audio ?? []),
    ...output,
  ];
}

const rateOf = (fps: string | number): number => {
  const [numerator = 25, denominator = 1] = String(fps).split('/').map(Number);
  return numerator / denominator;
};
