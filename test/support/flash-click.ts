import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ffmpeg } from './clips.ts';
import { readPackaged } from './finish-clip.ts';
import type { TestContext } from './job-context.ts';

export const nearest = (times: readonly number[], time: number): number =>
  times.reduce((best, at) => (Math.abs(at - time) < Math.abs(best - time) ? at : best), Infinity);

/** When a picture turns white, seconds: what is in the pictures by decoding, when they are shown by the boxes. */
export async function flashTimes(context: TestContext, runId: string, rendition = 'h264/36p'): Promise<number[]> {
  const { init, media, frames, timescale } = await readPackaged(context, runId, rendition);
  const file = join(context.root, `${runId}.video.mp4`);
  await writeFile(file, Buffer.concat([init, media]));
  const raw = `${file}.gray`;
  await ffmpeg(['-i', file, '-vf', 'scale=1:1:flags=area', '-pix_fmt', 'gray', '-f', 'rawvideo', raw]);
  const luma = await readFile(raw);
  if (luma.length !== frames.length) throw new Error(`${luma.length} of ${frames.length} pictures can be decoded`);
  const isWhite = (position: number) => (luma[position] ?? 0) > 128;
  return frames.flatMap(({ pts }, at) => (isWhite(at) && (at === 0 || !isWhite(at - 1)) ? [pts / timescale] : []));
}

/** When a click begins, seconds: all coded samples, less what the edit list takes away in front. */
export async function clickTimes(context: TestContext, runId: string, rendition: string): Promise<number[]> {
  const { track, timescale } = await readPackaged(context, runId, rendition);
  const samples = await readPackagedSamples(context, runId, rendition);
  const loud = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0) / 3;
  const found: number[] = [];
  let quietFrom = -timescale;
  for (const [at, sample] of samples.entries()) {
    if (Math.abs(sample) < loud || loud === 0) continue;
    if (at - quietFrom > timescale / 2) found.push((at - track.editMediaTime) / timescale);
    quietFrom = at;
  }
  return found;
}

/** All coded samples of a packaged rendition, the mean of its channels. */
export async function readPackagedSamples(context: TestContext, runId: string, rendition: string) {
  const { init, media } = await readPackaged(context, runId, rendition);
  const file = join(context.root, `${runId}.${rendition.replace('/', '_')}.mp4`);
  await writeFile(file, Buffer.concat([init, media]));
  return readSamples(file);
}

/** All coded samples of a file: one channel of it, or the mean of both. */
export async function readSamples(file: string, channel?: 0 | 1): Promise<Float32Array> {
  const raw = `${file}.${channel ?? 'both'}.f32`;
  const pick = channel === undefined ? ['-ac', '1'] : ['-af', `pan=mono|c0=c${channel}`];
  await ffmpeg(['-ignore_editlist', '1', '-i', file, ...pick, '-f', 'f32le', raw]);
  const bytes = await readFile(raw);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

/** Amplitude of a frequency in one second of samples from the middle on. */
export function toneLevel(samples: Float32Array, frequency: number, rate = 48_000): number {
  const from = Math.max(0, Math.floor(samples.length / 2) - rate / 2);
  let sine = 0;
  let cosine = 0;
  for (let at = from; at < from + rate; at++) {
    const angle = (2 * Math.PI * frequency * at) / rate;
    sine += (samples[at] ?? 0) * Math.sin(angle);
    cosine += (samples[at] ?? 0) * Math.cos(angle);
  }
  return (2 * Math.hypot(sine, cosine)) / rate;
}
