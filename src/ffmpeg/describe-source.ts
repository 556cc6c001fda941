import type { Policy } from '../plan/policy.ts';
import type { Probe, ProbedAudio } from '../plan/probe.ts';
import type { SourceIndex } from '../plan/source-index.ts';
import { toSeconds } from '../plan/ticks.ts';
import { type Warning, warn } from '../plan/warnings.ts';
import type { ChosenVideo } from './choose-streams.ts';
import { detectAlpha } from './detect-alpha.ts';
import { detectHdr } from './detect-hdr.ts';
import { judgeEnd, judgeLost, tolerableLoss } from './judge-loss.ts';
import { parseLanguage, parseTitle } from './language.ts';
import type { SeenPictures } from './look-at-pictures.ts';
import type { IndexedSource } from './open-source.ts';
import { parseColour } from './parse-colour.ts';
import type { Picture } from './parse-picture.ts';
import type { MediaFile, Stream } from './parse-streams.ts';
import { remuxContainer } from './remux-args.ts';
import { sayNumber } from './say-number.ts';
import type { Shortage } from './shortage.ts';
import { type ToldPicture, toldSeconds } from './told-picture.ts';

export interface FoundSource {
  /** What the original says of itself. */
  file: MediaFile;
  bytes: number;
  chosen: ChosenVideo;
  picture: Picture;
  seen: SeenPictures;
  /** What encodes read: the original or its remux. */
  source: IndexedSource;
  /** What the bytes of the original say is missing at its end. */
  short: Shortage | null;
  told: ToldPicture;
  sourceKey: string;
  indexKey: string;
  policy: Pick<Policy, 'onDamage'>;
}

/** All that was found, as the Probe that plans are made from. Throws INPUT_TRUNCATED, INPUT_DAMAGED where too much of the source is missing. */
export function describeSource(found: FoundSource): Probe {
  const { file, bytes, chosen, picture, source, sourceKey, indexKey } = found;
  const { index, video } = source;
  const durationSeconds = toSeconds(index.end - firstOf(index), index.timeBase);
  const pixels = describePixels(found);
  return {
    version: 2,
    format: file.format.format_name,
    bytes,
    startSeconds: toSeconds(firstOf(index), index.timeBase),
    durationSeconds,
    bitrateKbps: durationSeconds > 0 ? Math.round((bytes * 8) / durationSeconds / 1000) : null,
    video: {
      streamIndex: video.index,
      codec: chosen.video.codec_name,
      codedWidth: picture.codedWidth,
      codedHeight: picture.codedHeight,
      width: picture.width,
      height: picture.height,
      rotation: picture.rotation,
      mirrored: picture.mirrored,
      ...pixels.facts,
      timeBase: index.timeBase,
      frameRate: averageFrameRate(index),
    },
    audio: describeTracks(chosen.audio, source.audio),
    source: { key: sourceKey, demuxer: source.input.demuxer, remuxed: source.remuxed },
    decoded: source.decoded,
    indexKey,
    warnings: [...chosen.warnings, ...picture.warnings, ...pixels.warnings, ...sourceWarnings(found, durationSeconds)],
  };
}

/** What stands in the container goes before the bitstream; a header that was read without decoding says less than that of the remux. */
function describePixels({ chosen: { video }, source, seen, picture }: FoundSource) {
  const said = (field: ToldField) =>
    [video[field], source.video[field], seen.frame?.[field]].find((name) => name !== undefined && name !== 'unknown');
  const pixelFormat = seen.frame?.pix_fmt ?? video.pix_fmt;
  const codec = video.codec_name;
  const { colour, warnings } = parseColour({
    ...{ codec, pixelFormat, width: picture.codedWidth, height: picture.codedHeight },
    ...{ range: said('color_range'), matrix: said('color_space') },
    ...{ primaries: said('color_primaries'), transfer: said('color_transfer') },
  });
  const sideData = [...video.side_data_list, ...(seen.frame?.side_data_list ?? [])];
  const facts = {
    pixelFormat,
    colour,
    hdr: detectHdr(colour.transfer, sideData),
    alpha: detectAlpha({ codec, pixelFormat, tags: video.tags, alphaUsed: seen.alphaUsed }),
    scan: seen.scan,
  };
  const film = 'Of five pictures two are mixed of two film frames: they stay as they are.';
  return { facts, warnings: [...warnings, ...(seen.telecine ? [warn('telecine_kept', film)] : [])] };
}

type ToldField = 'color_range' | 'color_space' | 'color_primaries' | 'color_transfer';

/** Every sound track, the default one first. `read` are the same tracks in the file that encodes read. */
export const describeTracks = (originals: Stream[], read: Stream[]): ProbedAudio[] =>
  originals.flatMap((track, nth) => {
    const copy = read[nth];
    return copy ? [describeAudio(track, copy, nth === 0)] : [];
  });

/** Facts come from the original: a remux may have written the sound in another codec, or tell it wrongly (MP2 in MP4 is `mp3`). */
function describeAudio(original: Stream, read: Stream, isDefault: boolean): ProbedAudio {
  return {
    streamIndex: read.index,
    codec: original.codec_name,
    channels: original.channels,
    sampleRate: original.sample_rate ?? 48_000,
    language: parseLanguage(original.tags.language),
    title: parseTitle(original.tags.title),
    isDefault,
  };
}

function sourceWarnings({ file, chosen, source, short, policy, ...found }: FoundSource, present: number): Warning[] {
  const told = toldSeconds(file);
  const end = judgeEnd({ ...source, ...found.told, short, present: present + source.shortened }, policy);
  const warnings: Warning[] = [];
  if (source.remuxed) {
    const { name } = remuxContainer(chosen.video.codec_name);
    warnings.push(warn('remuxed', `The streams were copied once into ${name}, which can be sought in.`));
  }
  // Captures are cut anywhere, and tell no duration.
  const cutAt = told === null || end.length > 0 ? present + source.shortened : null;
  warnings.push(...end, ...judgeLost(source.lost, cutAt, policy));
  if (end.length === 0 && told !== null && isWrong({ present, told }, chosen.audio.length > 0)) {
    const detail = `The file says ${told.toFixed(1)} s, and its picture lasts ${present.toFixed(1)} s.`;
    warnings.push(warn('duration_corrected', detail));
  }
  if (source.distrust) {
    const detail = 'The times of the file are incomplete: it was decoded to find them, and is encoded in one piece.';
    warnings.push(warn('times_reconstructed', detail + sayLeftOut(source)));
  }
  return warnings;
}

/** Recordings put together have every time twice. */
const sayLeftOut = ({ leftOut, index }: IndexedSource): string => {
  const [left, all] = [leftOut, leftOut + index.presented.length].map(sayNumber);
  return leftOut === 0 ? '' : ` ${left} of ${all} pictures have times that have been before: they are left out.`;
};

/** Sound may well be longer than the picture, and then the file says how long it is. */
function isWrong({ present, told }: { present: number; told: number }, hasSound: boolean): boolean {
  const tolerance = Math.max(1, told * tolerableLoss);
  return present - told > tolerance || (told - present > tolerance && (!hasSound || told > 2 * present));
}

function averageFrameRate(index: SourceIndex): number | null {
  const span = toSeconds((index.presented.at(-1) ?? 0) - firstOf(index), index.timeBase);
  return span > 0 ? (index.presented.length - 1) / span : null;
}

const firstOf = ({ presented: [first = 0] }: SourceIndex): number => first;
