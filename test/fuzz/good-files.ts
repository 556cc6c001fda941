import { existsSync } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { ffmpeg } from '../support/clips.ts';

/** How a file is built of parts, see `parts.ts`. */
export type Family = 'boxes' | 'ebml' | 'riff' | 'ts' | 'ps' | 'flv' | 'asf' | 'ogg' | 'mxf';

/** A file that the product takes, and what mutations know of it. */
export interface GoodFile {
  /** `mp4-h264-aac` */
  name: string;
  extension: string;
  family: Family;
  bytes: Buffer;
}

/** Stands in each file's metadata where the container has any: what a hostile text is written over. */
export const titleMark = 'TITLE'.repeat(8);

const x264 = '-c:v libx264 -preset ultrafast -g 5 -bf 2 -threads 1';
const mpeg2 = '-c:v mpeg2video -g 5 -bf 2';
const recipes: readonly [name: string, extension: string, family: Family, options: string][] = [
  ['mp4-h264-aac', 'mp4', 'boxes', `${x264} -c:a aac -b:a 32k`],
  ['mp4-faststart', 'mp4', 'boxes', `${x264} -c:a aac -b:a 32k -movflags +faststart`],
  ['mp4-fragmented', 'mp4', 'boxes', `${x264} -c:a aac -b:a 32k -movflags +frag_keyframe+empty_moov`],
  ['mp4-av1', 'mp4', 'boxes', '-c:v libaom-av1 -cpu-used 8 -g 5 -b:v 50k -threads 1 -an'],
  ['mov-prores', 'mov', 'boxes', '-c:v prores_ks -profile:v 0 -pix_fmt yuv422p10le -c:a pcm_s16le -ar 8000'],
  ['mov-mjpeg', 'mov', 'boxes', '-c:v mjpeg -pix_fmt yuvj420p -q:v 9 -c:a alac'],
  [
    'mkv-hevc-flac',
    'mkv',
    'ebml',
    '-c:v libx265 -preset ultrafast -x265-params keyint=5:log-level=none:pools=1 -c:a flac',
  ],
  ['mkv-vp9-opus', 'mkv', 'ebml', '-c:v libvpx-vp9 -cpu-used 8 -g 5 -b:v 50k -c:a libopus -b:a 32k'],
  ['webm-vp8-vorbis', 'webm', 'ebml', '-c:v libvpx -g 5 -b:v 50k -c:a libvorbis'],
  ['avi-mpeg4-mp3', 'avi', 'riff', '-c:v mpeg4 -g 5 -bf 1 -c:a libmp3lame -b:a 32k'],
  ['ts-h264-aac', 'ts', 'ts', `${x264} -c:a aac -b:a 32k`],
  ['ts-mpeg2-mp2', 'ts', 'ts', `${mpeg2} -c:a mp2 -b:a 64k`],
  ['ps-mpeg2-mp2', 'mpg', 'ps', `${mpeg2} -c:a mp2 -b:a 64k`],
  ['flv-h264-aac', 'flv', 'flv', `${x264} -c:a aac -b:a 32k`],
  ['flv-flv1-mp3', 'flv', 'flv', '-c:v flv1 -g 5 -c:a libmp3lame -ar 44100 -b:a 32k'],
  ['asf-wmv2-wma', 'wmv', 'asf', '-c:v wmv2 -g 5 -c:a wmav2 -b:a 32k'],
  ['ogg-theora-vorbis', 'ogv', 'ogg', '-c:v libtheora -g 5 -b:v 50k -c:a libvorbis'],
  ['mxf-mpeg2', 'mxf', 'mxf', `${mpeg2} -an`],
];

const inputs = [
  ...['-f', 'lavfi', '-i', 'testsrc2=size=64x36:rate=25:duration=0.6,format=yuv420p'],
  ...['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000:duration=0.6'],
];
// Nothing of the moment (times, random numbers): the same build makes the same bytes, so a finding can be repeated.
const exact = ['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:v', '+bitexact', '-flags:a', '+bitexact'];

/** The files that all mutants come of, made by the installed ffmpeg in a folder unless they are there: 64x36, 15 pictures, 6 to 50 KB each. */
export async function makeGoodFiles(folder: string): Promise<[GoodFile, ...GoodFile[]]> {
  await mkdir(folder, { recursive: true });
  const files: GoodFile[] = [];
  for (const [name, extension, family, options] of recipes) {
    const path = join(folder, `${name}.${extension}`);
    if (!existsSync(path)) {
      const partial = join(folder, `${name}.${process.pid}.${extension}`);
      await ffmpeg([...inputs, ...options.split(' '), ...exact, '-metadata', `title=${titleMark}`, partial]);
      await rename(partial, path); // whole or not at all: another run may look here too
    }
    files.push({ name, extension, family, bytes: await readFile(path) });
  }
  const [first, ...others] = files;
  if (!first) throw new Error('there are no recipes');
  return [first, ...others];
}
