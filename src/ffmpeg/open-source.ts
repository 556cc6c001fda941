import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { rangesOf } from '../packaging/read-boxes.ts';
import type { Policy } from '../plan/policy.ts';
import type { ChosenVideo } from './choose-streams.ts';
import { withoutIndex } from './formats.ts';
import type { InputFile } from './input-args.ts';
import { lengthenEdit } from './lengthen-edit.ts';
import { skippedUnits } from './mxf-units.ts';
import type { Stream } from './parse-streams.ts';
import {
  type IndexReading,
  parseTimeBase,
  readIndex,
  readStreams,
  refuseEncrypted,
  remuxSource,
  type SourceReading,
} from './probe-source.ts';
import { hasStrayBytes } from './program-stream.ts';
import { type RemuxContainer, remuxContainer } from './remux-args.ts';
import type { Ffmpeg } from './run-ffmpeg.ts';
import { type SniffedSource, sniffSource } from './sniff-source.ts';
import { walkFragments } from './walk-fragments.ts';

export type SniffedFile = InputFile & Pick<SniffedSource, 'short'>;

/** The local file as ffmpeg may open it, and what is missing at its end. Rejects as `sniffSource`; sound alone is as the policy says. */
export async function sniffFile(path: string, policy: Pick<Policy, 'audioOnly'>): Promise<SniffedFile> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const read = rangesOf(file);
    const sniffed = await sniffSource({ bytes: size, read }, policy);
    if (sniffed.demuxer !== 'mov') return { path, ...sniffed };
    const broken = await walkFragments(size, read);
    return { path, ...sniffed, short: broken ?? sniffed.short };
  } finally {
    await file.close();
  }
}

/** What encodes will read: the source itself, or a remux of it, with its index. */
export interface IndexedSource extends SourceReading {
  input: InputFile;
  remuxed: boolean;
  video: Stream;
  /** One for each chosen track, in the same order. */
  audio: Stream[];
}

export interface SourceToIndex {
  input: InputFile;
  chosen: ChosenVideo;
  /** One of its streams is in a codec that we do not decode. */
  strangers: boolean;
  /** All of the picture is to be decoded, whatever its packets say. */
  decode: boolean;
}

/** Reads the index of a source, after a remux into `workDir` where its container has none to seek by, or strange streams. */
export async function indexSource(
  ffmpeg: Ffmpeg,
  source: SourceToIndex,
  workDir: string,
  reading: IndexReading,
): Promise<IndexedSource> {
  const { input, chosen, strangers, decode } = source;
  if (!strangers && !needsRemux(input, chosen.video)) {
    const found = await readIndex(ffmpeg, { input, stream: chosen.video, decode }, reading);
    return { input, remuxed: false, video: chosen.video, audio: chosen.audio, ...found };
  }
  return remux(ffmpeg, source, remuxContainer(chosen.video.codec_name), workDir, reading);
}

/** A file whose parts are strewn over it (fragments) has no index at its front, and tells no number of frames. */
const needsRemux = ({ demuxer }: InputFile, video: Stream): boolean =>
  withoutIndex.some((name) => name === demuxer) || (demuxer === 'mov' && !video.nb_frames);

/** Packets of these get lost on the air, and a counter of four bits does not tell of sixteen at once; nor has a program stream one. */
const isCapture = ({ demuxer }: InputFile): boolean => demuxer === 'mpegts' || demuxer === 'mpeg';

async function remux(
  ffmpeg: Ffmpeg,
  { input, chosen, decode }: SourceToIndex,
  { demuxer, extension }: RemuxContainer,
  workDir: string,
  reading: IndexReading,
): Promise<IndexedSource> {
  if (input.demuxer === 'mov') await refuseEncrypted(ffmpeg, { input, stream: chosen.video }, reading);
  const path = join(workDir, `source.${extension}`);
  const { log, ...copied } = await remuxSource(
    ffmpeg,
    { input, video: chosen.video, audio: chosen.audio },
    path,
    reading,
  );
  if (demuxer === 'mov') await lengthenEdit(path);

  const output = { path, demuxer };
  const { file } = await readStreams(ffmpeg, output, reading.signal);
  const [video, ...audio] = file.streams;
  if (video?.codec_type !== 'video') throw new CatalogueError('INPUT_DAMAGED', 'The video cannot be copied.');
  if (audio.length !== chosen.audio.length) throw new CatalogueError('INPUT_DAMAGED', 'The sound cannot be copied.');
  const hasStray = { hasStrayBytes: () => hasStrayBytes(input.path, reading.signal) };
  const mxf = { ...chosen.video, timeBase: parseTimeBase(chosen.video.time_base) };
  const passed = { passedOver: (found: number) => skippedUnits(log, mxf, found) };
  const known = {
    ...copied,
    mayLack: isCapture(input),
    decode,
    ...(input.demuxer === 'mpeg' ? hasStray : {}),
    ...(input.demuxer === 'mxf' ? passed : {}),
  };
  const indexed = { input: output, stream: video, ...known };
  const found = await readIndex(ffmpeg, indexed, reading);
  return { input: output, remuxed: true, video, audio, ...found };
}
