import type { AudioPlan } from '../plan/encode-plan.ts';
import { longHoleSeconds, type SoundFacts } from './sound-facts.ts';

/** Everything that is made has this rate. */
export const sampleRate = 48_000;

export interface SoundSource {
  audio: Pick<AudioPlan, 'streamIndex' | 'startSeconds' | 'durationSeconds'>;
  facts: Pick<SoundFacts, 'channels' | 'unclean' | 'startSeconds' | 'lateSeconds' | 'holes'>;
}

/**
 * Filters for a track on the picture's clock in stereo, as it comes: holes stay holes, and nothing stands before 0 or behind the end.
 * For what only listens, and for sound that changes its shape on the way: the graph is built anew at each change, with no memory.
 */
export const looseGraph = ({ audio, facts }: SoundSource): string =>
  [
    `[0:${audio.streamIndex}]${ownClock({ audio, facts })}`,
    ...[`aresample=${sampleRate}`, ...stereo(facts.channels)],
    `atrim=start=0:end=${audio.durationSeconds}`,
  ].join();

/** The same without holes: those become silence, else all later sound is early. Sound that ends early still ends early. */
export function steadyGraph(source: SoundSource): string {
  const { audio, facts } = source;
  const pieces = piecesOf(source);
  const input = `[0:${audio.streamIndex}]${ownClock(source)}`;
  if (pieces.length < 2) return `${input},${piece({ from: 0, to: audio.durationSeconds }, facts.channels)}`;

  const loud = pieces.filter(({ silent }) => !silent);
  const split = `${input},asplit=${loud.length}${loud.map((_, position) => `[in${position}]`).join('')}`;
  const branches = pieces.map((span, position) => {
    const sound = span.silent
      ? `anullsrc=r=${sampleRate}:cl=stereo,aformat=sample_fmts=fltp`
      : `[in${loud.indexOf(span)}]${piece(span, facts.channels)}`;
    const filled = span.last ? '' : `,apad,atrim=end_sample=${toSamples(span.to) - toSamples(span.from)}`;
    return `${sound}${filled}[piece${position}]`;
  });
  const joined = `${pieces.map((_, position) => `[piece${position}]`).join('')}concat=n=${pieces.length}:v=0:a=1`;
  return [split, ...branches, joined].join(';');
}

interface Piece {
  /** Seconds on the picture's clock. */
  from: number;
  to: number;
  /** No sound lies in it. */
  silent: boolean;
  last: boolean;
}

/**
 * `aresample` fills a hole with one block of silence, in memory: 1.6 GB for half an hour. So a long hole ends a piece, which
 * is filled up as it is read, and the next one begins a little before the sound goes on.
 */
function piecesOf({ audio, facts }: SoundSource): Piece[] {
  const toOutput = (seconds: number) => seconds - audio.startSeconds;
  const begins = toOutput(facts.startSeconds ?? audio.startSeconds);
  const holes = facts.holes.map(({ from, to }) => ({ from: toOutput(from), to: toOutput(to) }));
  if (begins >= longHoleSeconds) holes.unshift({ from: 0, to: begins });
  const cuts = holes.flatMap(({ to }) => {
    const cut = round(to - lead);
    return cut > 0 && cut < audio.durationSeconds ? [cut] : [];
  });
  return [0, ...cuts].map((from, position) => {
    const to = cuts[position] ?? audio.durationSeconds;
    return { from, to, silent: to <= begins, last: position === cuts.length };
  });
}

/** Seconds of a hole that are left to `aresample`, lest a time that is a little wrong costs sound. */
const lead = 0.5;

const piece = ({ from, to }: Pick<Piece, 'from' | 'to'>, channels: number): string =>
  [
    `atrim=${from > 0 ? `start=${from}:` : ''}end=${to}`, // before the holes are filled: a time may be 26 h late
    ...(from > 0 ? [`asetpts=PTS-(${from})/TB`] : []), // since first_pts counts in samples of the source
    // What is missing or too much is noticed from 15 ms on, less than a frame of any codec; by itself it waits for 100 ms.
    `aresample=${sampleRate}:async=1:min_hard_comp=0.015:first_pts=0`,
    ...stereo(channels),
  ].join();

const ownClock = ({ audio, facts }: SoundSource): string =>
  `asetpts=PTS-(${round(audio.startSeconds + facts.lateSeconds)})/TB${facts.unclean ? `,${clean}` : ''}`;

/** One sample that is no number would spoil all that a filter remembers, and the AAC encoder fails. */
const clean = `aeval='if(isnan(val(ch))+isinf(val(ch)),0,val(ch))':c=same`;

/**
 * The downmix of swresample, which is that of ITU-R BS.775: centre and surrounds at -3 dB, no LFE. In floating point, so that nothing
 * clips before the gain. Of a number of channels that names no layout, the first two are the mix, as in broadcast files.
 */
const stereo = (channels: number): string[] => [
  ...(channels > 8 ? ['pan=stereo|c0=c0|c1=c1'] : []),
  'aformat=sample_fmts=fltp:channel_layouts=stereo',
];

const toSamples = (seconds: number): number => Math.round(seconds * sampleRate);
const round = (seconds: number): number => Number(seconds.toFixed(6));
