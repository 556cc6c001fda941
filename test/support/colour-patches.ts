import { readFile, writeFile } from 'node:fs/promises';
import { ffmpeg } from './clips.ts';
import type { Signal } from './delta-e.ts';
import { rawFrames } from './make-pictures.ts';

/** Pixels of a patch's side: even after chroma is halved, and with room for what the scaler mixes at the edges. */
export const side = 16;

/** Shares of red, green and blue in luma, by ffmpeg's name of the matrix (ITU-T H.273, table 4). */
export const lumaShares: Readonly<Record<string, readonly [number, number, number]>> = {
  bt709: [0.2126, 0.7152, 0.0722],
  smpte170m: [0.299, 0.587, 0.114],
  bt470bg: [0.299, 0.587, 0.114],
  fcc: [0.3, 0.59, 0.11],
  smpte240m: [0.212, 0.701, 0.087],
  bt2020nc: [0.2627, 0.678, 0.0593],
};

/** Code values of a signal: luma and two of colour, or green, blue and red. */
export function codesOf(
  [red, green, blue]: Signal,
  { matrix, range, bits }: { matrix: string; range: 'limited' | 'full'; bits: number },
): number[] {
  const top = 2 ** bits - 1;
  if (matrix === 'gbr') return [green, blue, red].map((value) => Math.round(value * top));
  const [r = 0, g = 0, b = 0] = lumaShares[matrix] ?? [];
  const luma = r * red + g * green + b * blue;
  const colour = [(blue - luma) / (2 - 2 * b), (red - luma) / (2 - 2 * r)];
  const unit = 2 ** (bits - 8);
  const [zero, span, colourSpan] = range === 'full' ? [0, top, top] : [16 * unit, 219 * unit, 224 * unit];
  const middle = 128 * unit;
  return [zero + span * luma, ...colour.map((value) => middle + colourSpan * value)].map((value) =>
    Math.min(top, Math.max(0, Math.round(value))),
  );
}

/** A raw frame of patches side by side, planes after each other; colour is as coarse as the pixel format. */
export function rawPatches(
  patches: readonly number[][],
  pixelFormat: string,
): { width: number; height: number; bytes: Buffer } {
  const wide = /(?:9|10|12|14|16)le$/.test(pixelFormat);
  const [across, down] = /420/.test(pixelFormat) ? [2, 2] : /422/.test(pixelFormat) ? [2, 1] : [1, 1];
  const planes = patches[0]?.length ?? 0;
  const samples: number[] = [];
  for (let plane = 0; plane < planes; plane += 1) {
    const isColour = plane === 1 || plane === 2;
    const [stepX, stepY] = isColour ? [across, down] : [1, 1];
    const row = patches.flatMap((codes) => Array.from({ length: side / stepX }, () => codes[plane] ?? 0));
    for (let y = 0; y < side / stepY; y += 1) samples.push(...row);
  }
  const bytes = wide ? Buffer.from(Uint16Array.from(samples).buffer) : Buffer.from(samples);
  return { width: patches.length * side, height: side, bytes };
}

/** Writes patches as three frames of a video that loses nothing; gives their size. */
export async function writePatches(path: string, patches: readonly number[][], pixelFormat: string, video: string[]) {
  const { width, height, bytes } = rawPatches(patches, pixelFormat);
  const raw = `${path}.raw`;
  await writeFile(raw, Buffer.concat([bytes, bytes, bytes]));
  await ffmpeg([
    ...['-f', 'rawvideo', '-pix_fmt', pixelFormat, '-s', `${width}x${height}`, '-r', '25', '-i', raw],
    ...[...video, path],
  ]);
  return { width, height };
}

/** What a decoder makes of the patches of a made video, by the matrix of BT.709 and limited range: of the middle of each, in its last frame. */
export async function readPatches(
  path: string,
  { width, height }: { width: number; height: number },
): Promise<Signal[]> {
  const bytes = await readFile(await rawFrames(path, 'yuv420p'));
  const luma = width * height;
  const last = bytes.subarray(bytes.length - (luma * 3) / 2);
  return Array.from({ length: width / side }, (_, patch) => {
    const x = patch * side + side / 2;
    const at = (plane: number) => luma + (plane * luma) / 4 + ((height / 4) * width) / 2 + x / 2;
    const y = ((last[(height / 2) * width + x] ?? 0) - 16) / 219;
    const cb = ((last[at(0)] ?? 0) - 128) / 224;
    const cr = ((last[at(1)] ?? 0) - 128) / 224;
    const [red, blue] = [y + 1.5748 * cr, y + 1.8556 * cb];
    return [red, (y - 0.2126 * red - 0.0722 * blue) / 0.7152, blue];
  });
}
