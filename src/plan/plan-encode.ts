import { planAudio } from './audio-plan.ts';
import { estimateCpuSeconds } from './cost.ts';
import type { EncodePlan, EncodeTask, Rung, Segment, ThumbnailPlan } from './encode-plan.ts';
import { fleetOf } from './fleet.ts';
import { evenNear, ladderFor } from './ladder.ts';
import { estimateMemoryBytes } from './memory.ts';
import { type Picture, planPicture } from './picture.ts';
import type { Policy } from './policy.ts';
import type { Probe, ProbedVideo } from './probe.ts';
import { groupRungs } from './rung-groups.ts';
import { cutSegments, segmentSeconds } from './segments.ts';
import type { SourceIndex } from './source-index.ts';
import { toSeconds } from './ticks.ts';
import { type Warning, warn } from './warnings.ts';

/**
 * All that will be made of a source. Pure: the same probe, index and policy give the same plan, whoever is free, so a
 * later run finds the same cuts and takes over what an earlier one made.
 */
export function planEncode(probe: Probe, index: SourceIndex, policy: Policy): EncodePlan {
  const { video } = probe;
  if (!video) throw new RangeError('there is no picture');
  const [start = 0] = index.presented;
  const durationSeconds = toSeconds(index.end - start, index.timeBase);
  const { picture, warnings } = planPicture(video, policy);
  const seekable = index.trustworthy && !needsItsBeginning(video);
  const { maxFrameRate } = picture;
  const leadFrames = picture.deinterlace === null ? 0 : deinterlacerLooksBack;
  const segments = cutSegments(index, { ...policy, seekable, maxFrameRate, leadFrames });
  const frames = segments.reduce((sum, segment) => sum + segment.frames, 0);
  const frameRate = maxFrameRate === null ? video.frameRate : Math.min(maxFrameRate, frames / durationSeconds);
  const rungs = ladderFor({ ...video, frameRate }, policy);
  const span = { startSeconds: toSeconds(start, index.timeBase), durationSeconds };
  const sound = planAudio(probe.audio, span, policy);

  return {
    version: 3,
    source: {
      key: probe.source.key,
      demuxer: probe.source.demuxer,
      streamIndex: video.streamIndex,
      timeBase: index.timeBase,
      start,
      frames,
      durationSeconds,
      frameRate,
      seekable,
    },
    mediaSegmentSeconds: policy.mediaSegmentSeconds,
    picture,
    rungs,
    segments,
    encodeTasks: encodeTasks({ source: video, picture }, rungs, segments, policy),
    audio: sound.audio,
    thumbnails: thumbnailPlan(video, durationSeconds, policy),
    warnings: [...warnings, ...pieceWarnings(index, policy), ...sound.warnings],
  };
}

/** bwdif looks one frame back; one more, as a keyframe may be followed by frames that are shown before it. */
const deinterlacerLooksBack = 2;

/** Says where a clip that is long enough for several segments is made in one. */
function pieceWarnings(index: SourceIndex, { mediaSegmentSeconds }: Policy): Warning[] {
  const [start = 0] = index.presented;
  const seconds = toSeconds(index.end - start, index.timeBase);
  if (index.trustworthy || seconds <= segmentSeconds(index, mediaSegmentSeconds)) return [];
  const detail = `All ${seconds.toFixed(1)} s are encoded in one piece: decoding cannot begin in the middle of the clip.`;
  return [warn('single_segment', detail)];
}

/**
 * H.264 4:4:4 cannot be decoded from the middle: x264 wrote it wrongly before build 151, and the decoder makes up for that
 * where it has read the build, which stands before the first frame alone. After a seek every frame is there, and garbage.
 */
const needsItsBeginning = ({ codec, pixelFormat }: ProbedVideo): boolean =>
  codec === 'h264' && /444|gbr/.test(pixelFormat);

/** In order of segments, and within one the preview first: the order in which the queue should work them off. */
function encodeTasks(
  decoded: { source: ProbedVideo; picture: Picture },
  rungs: Rung[],
  segments: Segment[],
  policy: Policy,
): EncodeTask[] {
  const source = { width: decoded.source.codedWidth, height: decoded.source.codedHeight };
  // By the largest segment, so that every segment has the same groups.
  const frames = segments.reduce((most, segment) => Math.max(most, segment.frames), 0);
  const groups = groupRungs(rungs, { frames, source, decoded }, policy);

  return segments.flatMap((segment) =>
    groups.map((group) => ({
      name: `encode.${policy.codec}.${String(segment.index).padStart(4, '0')}.${group.name}`,
      fleet: fleetOf(policy.encoder),
      codec: policy.codec,
      segmentIndex: segment.index,
      rungs: group.rungs.map((rung) => rung.name),
      estimatedCpuSeconds: round(estimateCpuSeconds({ frames: segment.frames, source, rungs: group.rungs }), 3),
      estimatedMemoryBytes: estimateMemoryBytes({ ...decoded, rungs: group.rungs }),
    })),
  );
}

function thumbnailPlan(video: ProbedVideo, durationSeconds: number, policy: Policy): ThumbnailPlan {
  const { thumbnails } = policy;
  // A long clip has the most pictures, further apart: to a tenth of a second, upwards, so that they stay within the most.
  const intervalSeconds = Math.max(
    thumbnails.intervalSeconds,
    Math.ceil((durationSeconds * 10) / thumbnails.most) / 10,
  );
  const count = Math.min(thumbnails.most, Math.max(1, Math.ceil(round(durationSeconds / intervalSeconds, 6))));
  const width = Math.min(thumbnails.width, evenNear(video.width));
  const columns = Math.min(thumbnails.columns, count);
  return {
    posterSeconds: round(durationSeconds * posterAt, 3),
    intervalSeconds,
    count,
    width,
    height: evenNear((width * video.height) / video.width),
    columns,
    rows: Math.min(thumbnails.rows, Math.ceil(count / columns)),
  };
}

/** Share of the clip at which the poster is taken: past titles and fades. */
const posterAt = 0.1;

const round = (value: number, digits: number): number => Number(value.toFixed(digits));
