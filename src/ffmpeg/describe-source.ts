import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Probe, ProbedAudio } from '../plan/probe.ts';
import type { SourceIndex } from '../plan/source-index.ts';
import { type Warning, warn } from '../plan/warnings.ts';
import type { ChosenStreams } from './choose-streams.ts';
import type { IndexedSource } from './open-source.ts';
import type { Picture } from './parse-picture.ts';
import type { MediaFile, Stream } from './parse-streams.ts';

export interface FoundSource {
  /** What the original says of itself. */
  file: MediaFile;
  bytes: number;
  chosen: ChosenStreams;
  picture: Picture;
  /** What encodes read: the original or its remux. */
  source: IndexedSource;
  sourceKey: string;
  indexKey: string;
}

/** All that was found, as the Probe that plans are made from. Throws INPUT_TRUNCATED where too much of the source is missing. */
export function describeSource({ file, bytes, chosen, picture, source, sourceKey, indexKey }: FoundSource): Probe {
  const { index, video } = source;
  const durationSeconds = seconds(index, index.end - firstOf(index));
  return {
    version: 2,
    format: file.format.format_name,
    bytes,
    startSeconds: seconds(index, firstOf(index)),
    durationSeconds,
    bitrateKbps: durationSeconds > 0 ? Math.round((bytes * 8) / durationSeconds / 1000) : null,
    video: {
      streamIndex: video.index,
      codec: chosen.video.codec_name,
      codedWidth: chosen.video.width,
      codedHeight: chosen.video.height,
      width: picture.width,
      height: picture.height,
      rotation: picture.rotation,
      mirrored: false,
      pixelFormat: chosen.video.pix_fmt,
      colour: { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', range: 'limited' },
      hdr: null,
      alpha: false,
      scan: 'progressive',
      timeBase: index.timeBase,
      frameRate: averageFrameRate(index),
    },
    audio: chosen.audio.flatMap((track, nth) => {
      const read = source.audio[nth];
      return read ? [describeAudio(track, read, nth === 0)] : [];
    }),
    source: { key: sourceKey, demuxer: source.input.demuxer, remuxed: source.remuxed },
    indexKey,
    warnings: [
      ...chosen.warnings,
      ...picture.warnings,
      ...sourceWarnings(source, durationSeconds, file.format.duration),
    ],
  };
}

/** Facts come from the original; a remux may have written the sound in another codec, at another place. */
function describeAudio(original: Stream, read: Stream, isDefault: boolean): ProbedAudio {
  return {
    streamIndex: read.index,
    codec: read.codec_name,
    channels: original.channels,
    sampleRate: original.sample_rate ?? 48_000,
    language: null,
    title: null,
    isDefault,
  };
}

/** Above this share of the told duration a missing end is a refusal, below it a warning. */
const tolerableLoss = 0.005;

function sourceWarnings(source: IndexedSource, present: number, told: number | null): Warning[] {
  const warnings: Warning[] = [];
  const missing = told === null ? 0 : told - present;
  const spans =
    told === null ? `${present.toFixed(1)} s are present` : `${present.toFixed(1)} of ${told.toFixed(1)} s are present`;
  if (source.endsEarly && (told === null || missing > told * tolerableLoss)) {
    throw new CatalogueError('INPUT_TRUNCATED', `The file ends too early: ${spans}.`, { facts: { present, told } });
  }
  if (source.endsEarly) warnings.push(warn('end_missing', `The file ends too early: ${spans}.`));
  if (source.distrust) {
    const detail = 'The times of the file are incomplete: it was decoded to find them, and is encoded in one piece.';
    warnings.push(warn('times_reconstructed', detail));
  }
  return warnings;
}

function averageFrameRate(index: SourceIndex): number | null {
  const span = seconds(index, (index.presented.at(-1) ?? 0) - firstOf(index));
  return span > 0 ? (index.presented.length - 1) / span : null;
}

const firstOf = ({ presented: [first = 0] }: SourceIndex): number => first;

const seconds = ({ timeBase }: SourceIndex, ticks: number): number =>
  (ticks * timeBase.numerator) / timeBase.denominator;
