import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { clipFolder, ffmpeg } from './clips.ts';
import { box, fullBox, u32 } from './mp4-boxes.ts';

export interface SoundTrack {
  /** Codec and its options. */
  codec: readonly string[];
  /** Default: clicks at each even second. */
  source?: string;
  rate?: number;
  /** Filters for the sound. */
  filter?: string;
  seconds?: number;
  /** Seconds by which it begins later than the picture. */
  delay?: number;
  language?: string;
  title?: string;
}

/** A tiny clip that flashes at each even second, with several sounds. */
export interface SoundClip {
  extension: string;
  seconds: number;
  tracks: readonly SoundTrack[];
  video?: readonly string[];
  /** More options of the output. */
  output?: readonly string[];
  /** A second pass that copies: options before and after its input. */
  copy?: { input?: readonly string[]; output?: readonly string[] };
  /** `iTunSMPB` is put into an MP4, with so many samples of priming. */
  priming?: number;
}

/** A click of 10 ms at each even second, or so much later. */
export const clicks = (rate: number, late = 0): string =>
  `aevalsrc='if(lt(mod(t+2-${late},2),0.01),0.8*sin(2*PI*1000*t),0)':s=${rate}`;

/** Makes a clip, once for the same options, and gives its path (read only). */
export async function makeSoundClip(clip: SoundClip): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(clip)).digest('hex').slice(0, 12);
  const pathOf = (step: string) => `${clipFolder()}/sound-${hash}${step}.${clip.extension}`;
  if (existsSync(pathOf(''))) return pathOf('');
  const first = pathOf(`.${process.pid}.first`);
  const second = pathOf(`.${process.pid}.second`);
  await ffmpeg([...encodeArgs(clip), first]);
  if (clip.copy) {
    const { input = [], output = [] } = clip.copy;
    await ffmpeg([...input, '-i', first, '-map', '0', '-c', 'copy', ...output, second]);
    await rm(first);
    await rename(second, first);
  }
  if (clip.priming) await writeFile(first, withPriming(await readFile(first), clip.priming));
  await rename(first, pathOf('')); // whole or not at all: other test files look here too
  return pathOf('');
}

/** Clips one after the other as bytes, which is how a transport stream changes its sound. */
export async function joinClips(parts: readonly SoundClip[]): Promise<string> {
  const paths = await Promise.all(parts.map(makeSoundClip));
  const hash = createHash('sha256').update(paths.join()).digest('hex').slice(0, 12);
  const path = `${clipFolder()}/joined-${hash}.ts`;
  await writeFile(path, Buffer.concat(await Promise.all(paths.map((part) => readFile(part)))));
  return path;
}

function encodeArgs({ seconds, tracks, video, output = [] }: SoundClip): string[] {
  const flash = `color=black:size=64x36:rate=25,drawbox=t=fill:color=white:enable='lt(mod(t+0.0001,2),1/25)'`;
  const input = (graph: string, length: number, delay = 0) => [
    ...['-itsoffset', `${delay}`, '-f', 'lavfi', '-t', `${length}`, '-i', graph],
  ];
  return [
    ...input(flash, seconds),
    ...tracks.flatMap(({ source, rate = 48_000, filter, seconds: own = seconds, delay }) =>
      input([source ?? clicks(rate), ...(filter ? [filter] : [])].join(), own, delay),
    ),
    ...['-map', '0:v', ...tracks.flatMap((_, at) => ['-map', `${at + 1}:a`])],
    ...(video ?? ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '0', '-g', '25']),
    ...['-pix_fmt', 'yuv420p', '-strict', '-2'],
    ...tracks.flatMap(({ codec: [name = '', value = '', ...rest], language, title }, at) => [
      ...[`${name}:${at}`, value, ...inPairs(rest).flatMap(([option, set]) => [`${option}:${at}`, set])],
      ...(language ? [`-metadata:s:a:${at}`, `language=${language}`] : []),
      ...(title ? [`-metadata:s:a:${at}`, `title=${title}`] : []),
      ...[`-disposition:a:${at}`, at === 0 ? 'default' : '0'],
    ]),
    ...output,
  ];
}

const inPairs = (words: readonly string[]): [string, string][] =>
  words.flatMap((word, at) => (at % 2 === 0 ? [[word, words[at + 1] ?? '']] : []));

/** As iTunes writes it; the `moov` must be the last box, and loses what else it says of the file. */
function withPriming(file: Buffer, samples: number): Buffer {
  const hex = (value: number, digits: number) => value.toString(16).toUpperCase().padStart(digits, '0');
  const zeros = ' 00000000'.repeat(8);
  const text = Buffer.from(` 00000000 ${hex(samples, 8)} 00000000 ${hex(300_000, 16)}${zeros}`);
  const words = (type: string, value: string) => fullBox(type, 0, 0, Buffer.from(value));
  const item = box('----', words('mean', 'com.apple.iTunes'), words('name', 'iTunSMPB'), box('data', u32(1, 0), text));
  const handler = fullBox('hdlr', 0, 0, u32(0), Buffer.from('mdirappl'), new Uint8Array(9));
  const udta = box('udta', fullBox('meta', 0, 0, handler, box('ilst', item)));
  const moov = file.lastIndexOf('moov') - 4;
  const others = file.lastIndexOf('udta') - 4;
  const kept = file.subarray(moov + 8, others > moov ? others : file.length);
  return Buffer.concat([file.subarray(0, moov), box('moov', kept, udta)]);
}
