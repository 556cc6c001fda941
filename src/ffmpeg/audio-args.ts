import type { AudioPlan } from '../plan/encode-plan.ts';
import { type InputFile, inputArgs } from './input-args.ts';
import type { Levelling } from './loudness.ts';

export interface AudioWork {
  source: InputFile;
  audio: AudioPlan;
}

const sampleRate = 48_000;

/** ffmpeg's arguments that measure the sound as it will be heard; the log's end is for `parseLoudness`. */
export function measureArgs({ source, audio }: AudioWork): string[] {
  const graph = [...retimed(audio), `atrim=end=${audio.durationSeconds}`, loudnessMeter];
  return [
    ...inputOf(source),
    '-filter_complex',
    `${graph.join()}[out]`,
    '-map',
    '[out]',
    '-v',
    'info',
    '-f',
    'null',
    '-',
  ];
}

/**
 * ffmpeg's arguments that make every track of the plan from one decode: whole (AAC cut into segments has a gap of
 * 21 ms at every join), in plain MP4, whose edit list takes the encoder's delay away. The result is measured again.
 */
export function audioArgs(
  work: AudioWork,
  levels: Levelling,
  outputPath: (track: AudioPlan['tracks'][number]) => string,
): string[] {
  const { audio } = work;
  const { gainDb, limit } = levels;
  const graph = [
    ...retimed(audio),
    ...(gainDb === 0 ? [] : [`volume=${gainDb}dB:precision=float`]),
    'apad', // sound that ends early goes on as silence …
    ...(limit ? limiter(audio.truePeakDb) : []),
    `atrim=end=${audio.durationSeconds}`, // … and none is longer than the picture
    loudnessMeter,
  ];
  return [...inputOf(work.source), '-v', 'info', ...outputs(graph.join(), audio, outputPath)];
}

/** As `audioArgs`, of a stream in which nothing can be decoded: silence, as long as the picture. */
export function silenceArgs(audio: AudioPlan, outputPath: (track: AudioPlan['tracks'][number]) => string): string[] {
  return outputs(`anullsrc=r=${sampleRate}:cl=stereo,atrim=end=${audio.durationSeconds}`, audio, outputPath);
}

const inputOf = (source: InputFile): string[] => ['-copyts', '-threads', '1', ...inputArgs(source)];

// Its line for every 100 ms is kept out of the log; the summary comes at the end.
const loudnessMeter = 'ebur128=peak=true:framelog=verbose';

/** The chosen stream on the picture's clock, stereo, without holes: those become silence, else all later sound is early. */
const retimed = (audio: AudioPlan): string[] => [
  `[0:${audio.streamIndex}]asetpts=PTS-(${audio.startSeconds})/TB`,
  `aresample=${sampleRate}:async=1:first_pts=0`,
  // The standard downmix of swresample; in floating point, so that nothing clips before the gain.
  'aformat=sample_fmts=fltp:channel_layouts=stereo',
];

/** Limits at four times the rate, where the peaks between samples are seen, and takes the look-ahead's delay away. */
function limiter(truePeakDb: number): string[] {
  const lookAheadMs = 5;
  // The way back to the lower rate adds up to 0.4 dB on the hardest signals.
  const ceiling = 10 ** ((truePeakDb - 0.5) / 20);
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

function outputs(
  graph: string,
  audio: AudioPlan,
  outputPath: (track: AudioPlan['tracks'][number]) => string,
): string[] {
  const labels = audio.tracks.map((_, position) => `[out${position}]`);
  return [
    ...['-filter_complex', `${graph},asplit=${audio.tracks.length}${labels.join('')}`],
    ...audio.tracks.flatMap((track, position) => [
      ...['-map', `[out${position}]`, '-c:a', track.codec, '-b:a', `${track.bitrateKbps}k`, '-threads', '1'],
      ...['-map_metadata', '-1', '-map_chapters', '-1', '-bitexact'], // nothing of the source's words, nothing of the build's name
      ...['-f', 'mp4', outputPath(track)],
    ]),
  ];
}
