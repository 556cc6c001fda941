// `npx tsx bench/memory.ts [build codec size rungs done]…`: peaks of real encode processes beside what the plan estimates (Linux).
// `npx tsx bench/memory.ts "new hevc 2160 1080+2160 hdr"`
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { colourCube } from '../src/ffmpeg/colour-cube.ts';
import { encodeArgs } from '../src/ffmpeg/encode-args.ts';
import { findTools } from '../src/ffmpeg/find-tools.ts';
import { ladderFor } from '../src/plan/ladder.ts';
import { estimateMemoryBytes } from '../src/plan/memory.ts';
import { planPicture } from '../src/plan/picture.ts';
import { standardPolicy } from '../src/plan/policy.ts';
import type { ProbedVideo } from '../src/plan/probe.ts';
import { type MemorySource, makeMemorySource, memoryFrames } from './memory-source.ts';
import { peakBytes } from './peak-bytes.ts';

const usual = [
  ...['new h264 720 240', 'new h264 720 720', 'new h264 720 240+360+480+720', 'old h264 720 720'],
  ...['new h264 1080 1080', 'new h264 1080 240+360+480+720+1080', 'new hevc 1080 240', 'new hevc 1080 1080'],
  ...['new vp9 1080 240', 'new prores 1080 240', 'new prores 1080 1080', 'old h264 1080 1080'],
  ...['new h264 2160 240', 'new h264 2160 2160', 'new hevc 2160 2160', 'new prores 2160 2160', 'old h264 2160 2160'],
  ...['new hevc 2160 240 hdr', 'new hevc 1080 1080 hdr', 'new h264 1080 240 interlaced', 'new prores 1080 240 alpha'],
];

const folder = await mkdtemp(join(tmpdir(), 'reelmill-memory-'));
const old = (tool: string) => resolve(`node_modules/@${tool}-installer/${process.platform}-${process.arch}/${tool}`);
const newTools = await findTools({});
const oldTools = await findTools({ ffmpegPath: old('ffmpeg'), ffprobePath: old('ffprobe') });
try {
  for (const name of process.argv.length > 2 ? process.argv.slice(2) : usual) {
    const { measured, estimated } = await measure(name);
    const mebi = (bytes: number) => String(Math.round(bytes / 2 ** 20)).padStart(6);
    process.stdout.write(
      `${name.padEnd(40)}${mebi(measured)} ${mebi(estimated)} ${(estimated / measured).toFixed(2)}\n`,
    );
  }
} finally {
  await rm(folder, { recursive: true });
}

async function measure(name: string): Promise<{ measured: number; estimated: number }> {
  const [build, codec = '', height = '', wanted = '', done] = name.split(' ');
  const tools = build === 'old' ? oldTools : newTools;
  const source = await makeMemorySource({ codec, height: Number(height), done }, newTools.ffmpeg.path, folder);
  const video = probed(source, done);
  const { picture } = planPicture(video, standardPolicy);
  const rungs = ladderFor(video, standardPolicy).filter((rung) => wanted.split('+').includes(rung.name.slice(0, -1)));
  const lutPath = join(folder, 'colours.cube');
  if (picture.colourMap) await writeFile(lutPath, colourCube(picture.colourMap));
  const { timeBase } = video;
  const args = encodeArgs(
    {
      sourcePath: source.path,
      source: { demuxer: source.demuxer, streamIndex: 0, timeBase, start: 0 },
      picture,
      segment: { index: 0, start: 0, end: null, seek: null, frames: memoryFrames, keyframes: [0], timesSha256: '' },
      rungs,
      outputPath: (rung) => join(folder, `${rung.name}.mp4`),
      lutPath,
    },
    tools,
  );
  const measured = await peakBytes(tools.ffmpeg.path, ['-nostdin', '-v', 'error', '-y', ...args]);
  return { measured, estimated: estimateMemoryBytes({ source: video, picture, rungs }) };
}

function probed({ codec, width, height, pixelFormat }: MemorySource, done: string | undefined): ProbedVideo {
  const bt709 = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', range: 'limited' } as const;
  const bt2020 = { primaries: 'bt2020', transfer: 'smpte2084', matrix: 'bt2020nc', range: 'limited' } as const;
  return {
    ...{ streamIndex: 0, codec, codedWidth: width, codedHeight: height, width, height, pixelFormat },
    ...{ rotation: 0, mirrored: false, frameRate: 30, timeBase: { numerator: 1, denominator: 15_360 } },
    colour: done === 'hdr' ? bt2020 : bt709,
    hdr: done === 'hdr' ? { transfer: 'pq', peakNits: 1_000 } : null,
    alpha: done === 'alpha',
    scan: done === 'interlaced' ? 'tff' : 'progressive',
  };
}
