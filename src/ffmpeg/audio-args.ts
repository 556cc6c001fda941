import type { AudioPlan } from '../plan/encode-plan.ts';
import { type InputFile, inputArgs, withAnyErrors } from './input-args.ts';
import type { Levelling } from './loudness.ts';
import { looseGraph, type SoundSource, sampleRate, steadyGraph } from './sound-graph.ts';

export interface AudioWork extends SoundSource {
  source: InputFile;
  audio: AudioPlan;
}

type PathOf = (track: AudioPlan['tracks'][number]) => string;

/** ffmpeg's arguments that measure the sound as it will be heard; the log is for `parseLoudness` and `countShapes`. */
export function measureArgs(work: AudioWork): string[] {
  // volumedetect says how many samples each graph saw, for `countShapes`.
  const graph = `${looseGraph(work)},asplit[heard][counted];[counted]volumedetect,anullsink;[heard]${loudnessMeter}[out]`;
  return [...inputOf(work.source), '-filter_complex', graph, '-map', '[out]', '-v', 'info', '-f', 'null', '-'];
}

/**
 * ffmpeg's arguments that copy the sound into a file in one shape, without loss, because it changes its channels or its rate on the way:
 * every filter graph begins anew at such a change, and would forget what it has filled. Then work goes on with `steadied`.
 */
export const steadyArgs = (work: AudioWork, outputPath: string): string[] => [
  ...inputOf(work.source),
  '-filter_complex',
  `${looseGraph(work)}[out]`,
  // A downmix has peaks over full scale, so no integers; and FLAC gathers blocks of 96 ms over every hole between.
  ...['-map', '[out]', '-c:a', 'pcm_f32le', '-f', 'matroska', outputPath],
];

/** The work that is left once `steadyArgs` has written its file. */
export const steadied = (work: AudioWork, path: string): AudioWork => ({
  source: { path, demuxer: 'matroska' },
  audio: { ...work.audio, streamIndex: 0, startSeconds: 0 },
  facts: {
    channels: 2,
    unclean: false,
    lateSeconds: 0,
    startSeconds: work.facts.startSeconds === null ? null : work.facts.startSeconds - work.audio.startSeconds,
    holes: work.facts.holes.map(({ from, to }) => ({
      from: from - work.audio.startSeconds,
      to: to - work.audio.startSeconds,
    })),
  },
});

/**
 * ffmpeg's arguments that make every track of the plan from one decode: whole (AAC cut into segments has a gap of
 * 21 ms at every join), in plain MP4, whose edit list takes the encoder's delay away.
 */
export function audioArgs(work: AudioWork, { gainDb, ceilingDb }: Levelling, outputPath: PathOf): string[] {
  const { audio } = work;
  const graph = [
    steadyGraph(work),
    ...(gainDb === 0 ? [] : [`volume=${gainDb}dB:precision=float`]),
    'apad', // sound that ends early goes on as silence …
    ...(ceilingDb === null ? [] : limiter(ceilingDb)),
    `atrim=end=${audio.durationSeconds}`, // … and none is longer than the picture
  ];
  return [...inputOf(work.source), ...outputs(graph.join(), audio, outputPath)];
}

/** ffmpeg's arguments that measure a track as it was made; the log's end is for `parseLoudness`. */
export const measureMadeArgs = (path: string): string[] => [
  ...['-threads', '1', ...inputArgs({ path, demuxer: 'mov' })],
  ...['-filter_complex', `[0:0]${loudnessMeter}[out]`, '-map', '[out]', '-v', 'info', '-f', 'null', '-'],
];

/** As `audioArgs`, of a stream in which nothing can be decoded: silence, as long as the picture. */
export function silenceArgs(audio: AudioPlan, outputPath: PathOf): string[] {
  return outputs(`anullsrc=r=${sampleRate}:cl=stereo,atrim=end=${audio.durationSeconds}`, audio, outputPath);
}

const inputOf = (source: InputFile): string[] => ['-copyts', '-threads', '1', ...withAnyErrors, ...inputArgs(source)];

// Its line for every 100 ms is kept out of the log; the summary comes at the end.
const loudnessMeter = 'ebur128=peak=true:framelog=verbose';

/** Limits at four times the rate, where the peaks between samples are seen, and takes the look-ahead's delay away. */
function limiter(ceilingDb: number): string[] {
  const lookAheadMs = 5;
  const ceiling = 10 ** (ceilingDb / 20);
  return [
    `aresample=${4 * sampleRate}`,
    // `level` would make everything louder again.
    `alimiter=level=disabled:limit=${ceiling.toFixed(4)}:attack=${lookAheadMs}:release=50`,
    `aresample=${sampleRate}`,
    // Measured in both builds: the sound comes out later by exactly the look-ahead.
    `atrim=start_sample=${(lookAheadMs * sampleRate) / 1000}`,
    'asetpts=PTS-STARTPTS',
  ];
}

/**
 * The coder `fast` is better from 64 kbit/s on (ffmpeg-codecs, "aac"), and the default of the old build. Of three bursts of 10 ms, the other one
 * makes peaks that are 1.5 dB higher, and other ones for each gain; of chords at 64 kbit/s, 24 dB more noise.
 */
function outputs(graph: string, audio: AudioPlan, outputPath: PathOf): string[] {
  const labels = audio.tracks.map((_, position) => `[out${position}]`);
  return [
    ...['-filter_complex', `${graph},asplit=${audio.tracks.length}${labels.join('')}`],
    ...audio.tracks.flatMap((track, position) => [
      ...['-map', `[out${position}]`, '-c:a', track.codec, '-b:a', `${track.bitrateKbps}k`, '-threads', '1'],
      ...(track.bitrateKbps >= 64 ? ['-aac_coder', 'fast'] : []),
      ...['-map_metadata', '-1', '-map_chapters', '-1', '-bitexact'], // nothing of the source's words, nothing of the build's name
      ...['-f', 'mp4', outputPath(track)],
    ]),
  ];
}
