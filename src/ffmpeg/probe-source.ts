import { stat } from 'node:fs/promises';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { copyEffort, decodeEffort, demuxEffort, type Effort, headerEffort } from '../plan/effort.ts';
import type { Rational } from '../plan/probe.ts';
import type { SourceIndex } from '../plan/source-index.ts';
import { countBefore, holdsTick } from '../plan/tick-list.ts';
import { toSeconds } from '../plan/ticks.ts';
import { checkDuration } from './check-limits.ts';
import { mayHoldFields, withDecodedFrames } from './field-pairs.ts';
import { openHiddenFrames } from './hidden-frames.ts';
import type { InputFile } from './input-args.ts';
import { jsonLines } from './json-lines.ts';
import { tellsDamage, tellsNoPicture } from './judge-damage.ts';
import { framesIn, type LostFrames, lostBeginning, lostFrames } from './lost-frames.ts';
import { type Distrust, frameIndex, packetIndex } from './parse-index.ts';
import { type MediaFile, parseStreams, type Stream } from './parse-streams.ts';
import { framesArgs, headerArgs, packetsArgs, streamsArgs } from './probe-args.ts';
import { copyError, endsEarly, inputError, isUncopiable, isUnlistedCodec } from './probe-failure.ts';
import { type Remux, remuxArgs } from './remux-args.ts';
import type { Ffmpeg } from './run-ffmpeg.ts';
import { withShownFrames } from './shown-frames.ts';
import { joined, timesBefore, unreadChunks } from './unread-parts.ts';

/**
 * What a file says of its streams; `strangers` where one is in a codec that we do not decode (it may be none that is needed). Rejects with
 * INPUT_DAMAGED or INPUT_TRUNCATED where it cannot be read.
 */
export async function readStreams(
  ffmpeg: Ffmpeg,
  input: InputFile,
  signal: AbortSignal,
): Promise<{ file: MediaFile; strangers: boolean }> {
  try {
    return { file: await probeStreams(ffmpeg, streamsArgs(input), signal), strangers: false };
  } catch (thrown) {
    if (!isUnlistedCodec(thrown)) throw inputError(thrown);
    return { file: await probeStreams(ffmpeg, headerArgs(input), signal).catch(rethrowAsInput), strangers: true };
  }
}

async function probeStreams(ffmpeg: Ffmpeg, args: string[], signal: AbortSignal): Promise<MediaFile> {
  const json = jsonLines();
  await ffmpeg.probe(args, { signal, effort: headerEffort, onLine: json.add });
  return parseStreams(json.text());
}

export interface IndexReading {
  signal: AbortSignal;
  maxDurationSeconds: number;
  /** Seconds of the source that were read so far. */
  onSeconds?: (seconds: number) => void;
  /** What one pass has to work through. */
  effort?: Effort;
  /** Called before anything is decoded with the seconds of the packets that are there; what it throws ends the reading. */
  onPackets?: (found: { seconds: number; endsEarly: boolean }) => void | Promise<void>;
}

export interface SourceReading {
  index: SourceIndex;
  /** Why the index comes from a decode pass. */
  distrust: Distrust | null;
  /** The file ends before its last packet does. */
  endsEarly: boolean;
  /** Null where nothing is missing. */
  lost: LostFrames | null;
  /** The demuxer tells of bytes that are missing or wrong. */
  damaged: boolean;
  /** All of the picture was decoded. */
  decoded: boolean;
  /** Seconds by which the index is shorter than the source was, for what is counted in `lost`: a beginning, or what a demuxer passes over in no time. */
  shortened: number;
  /** Pictures whose time is not later than that of the one before: they are not in the index. */
  leftOut: number;
}

/** What is known of a file before its packets are read. */
export interface IndexedFile {
  input: InputFile;
  stream: Stream;
  /** What it was copied from is known to be damaged, or ends too early; or may lack frames without a word. */
  damaged?: boolean;
  endsEarly?: boolean;
  mayLack?: boolean;
  /** Whether bytes of what it was copied from belong to no packet; asked where frames may be missing. */
  hasStrayBytes?: () => Promise<boolean>;
  /** What is known to have been passed over, where so many packets are found. */
  passedOver?: (found: number) => LostFrames | null;
  /** Packets have turned out not to tell what can be shown. */
  decode?: boolean;
}

/** The index of a stream: by one demux pass; where its times cannot be trusted, or something is damaged, by a decode pass. Rejects with INPUT_… codes. */
export async function readIndex(
  ffmpeg: Ffmpeg,
  { input, stream, ...known }: IndexedFile,
  reading: IndexReading,
): Promise<SourceReading> {
  const timeBase = parseTimeBase(stream.time_base);
  const options = { timeBase, frameDuration: frameDuration(stream.r_frame_rate, timeBase) };

  const hidden = openHiddenFrames(input, stream.codec_name);
  const packets = packetIndex(options, hidden?.isHidden);
  const { size: bytes } = await stat(input.path);
  const { log, count } = await readLines(ffmpeg, packetsArgs(input, stream.index), packets, timeBase, {
    ...reading,
    effort: demuxEffort({ bytes }),
  }).finally(() => hidden?.close());
  const told = known.damaged || tellsDamage(log, stream.index);
  const facts = { endsEarly: known.endsEarly || endsEarly(log), damaged: told };
  const found = packets.result({ damaged: told });
  const trusted = found && !('distrust' in found) ? found : null;
  const fields = trusted !== null && mayHoldFields(stream, trusted);
  const unread = known.passedOver?.(count) ?? (await unreadChunks(input, stream.index, packets, timeBase));
  const before = trusted && !known.mayLack ? timesBefore(input, { log, packets, trusted, bytes }) : new Float64Array();
  const span = packets.span() + (before.length === 0 || !trusted ? 0 : firstOf(trusted.presented) - firstOf(before));
  const seconds = toSeconds(span, timeBase) + secondsOf(unread);
  await reading.onPackets?.({ seconds, endsEarly: facts.endsEarly });
  const gaps = known.mayLack && trusted && lostFrames(null, trusted) !== null;
  const damaged = told || known.decode || unread !== null || before.length > 0 || gaps;
  if (trusted && !fields && !damaged) {
    return { index: trusted, distrust: null, lost: null, decoded: false, shortened: 0, leftOut: 0, ...facts };
  }

  const frames = frameIndex(options);
  const effort = decodeEffort({ ...stream, frames: count, bytes });
  const pass = await readLines(ffmpeg, framesArgs(input, stream.index), frames, timeBase, { ...reading, effort });
  const decoded = frames.result();
  if (!decoded) throw new CatalogueError('INPUT_DAMAGED', 'No picture of the video can be decoded.');
  const joint = trusted && joinFrames(trusted, decoded, damaged ? frames.guessed() : null);
  const index = joint ?? decoded;
  const distrust = found && 'distrust' in found ? found.distrust : 'pts_missing';
  // A file may begin with what cannot be decoded by itself; not with what is no picture.
  const begins = told || tellsNoPicture(log) || tellsNoPicture(pass.log) ? before : new Float64Array();
  const expected = fields || !trusted ? null : joined(begins, trusted.presented);
  const missing = lostFrames(known.mayLack ? expected && from(expected, index) : expected, index);
  // Without a word of damage a gap may be meant: only what has a packet is known to be lost.
  const isLost = told || known.decode || lacks(index, expected) || (missing && (await known.hasStrayBytes?.()));
  const lost = mostLost(unread, isLost ? missing : null);
  const counts = { lost, shortened: secondsOf(unread) + lostBeginning(isLost ? missing : null) };
  const leftOut = joint ? 0 : frames.leftOut();
  return { index, distrust: joint ? null : distrust, ...counts, decoded: true, leftOut, ...facts };
}

const firstOf = ([first = 0]: Float64Array): number => first;
const secondsOf = (lost: LostFrames | null): number =>
  lost?.holes.reduce((sum, { from, to }) => sum + (to - from), 0) ?? 0;
const mostLost = (one: LostFrames | null, other: LostFrames | null): LostFrames | null =>
  framesIn(one?.holes) >= framesIn(other?.holes) ? one : other;

/** A capture begins anywhere: what lies before its first picture is no loss. */
const from = (expected: Float64Array, { presented: [first = 0] }: SourceIndex): Float64Array =>
  expected.slice(countBefore(expected, first));

const lacks = ({ presented }: SourceIndex, expected: Float64Array | null): boolean =>
  expected?.some((pts) => !holdsTick(presented, pts)) ?? false;

/** `guessed`: share of the frames of a damaged source; null where it is none, and packets are fields. */
function joinFrames(packets: SourceIndex, decoded: SourceIndex, guessed: number | null): SourceIndex | null {
  if (guessed === null) return withDecodedFrames(packets, decoded);
  return guessed > mostGuessed ? null : withShownFrames(packets, decoded);
}

/** Where more frames have a guessed time, every decode that begins elsewhere guesses another one: all is decoded in one piece. */
const mostGuessed = 0.01;

/** Rejects with INPUT_ENCRYPTED where packets of a stream are encrypted (CENC), INPUT_TOO_LONG. For what will be copied: a copy does not tell any more. */
export async function refuseEncrypted(
  ffmpeg: Ffmpeg,
  { input, stream }: Pick<IndexedFile, 'input' | 'stream'>,
  { signal, maxDurationSeconds }: IndexReading,
): Promise<void> {
  const timeBase = parseTimeBase(stream.time_base);
  const { size: bytes } = await stat(input.path);
  const lines = packetIndex({ timeBase, frameDuration: frameDuration(stream.r_frame_rate, timeBase) });
  const reading = { signal, maxDurationSeconds, effort: demuxEffort({ bytes }) };
  await readLines(ffmpeg, packetsArgs(input, stream.index), lines, timeBase, reading);
}

/** Copies the chosen streams into a container with an index, and tells what was wrong with them. Rejects with INPUT_TOO_LONG while it copies. */
export async function remuxSource(
  ffmpeg: Ffmpeg,
  remux: Remux,
  output: string,
  { signal, maxDurationSeconds, onSeconds }: IndexReading,
): Promise<{ damaged: boolean; endsEarly: boolean; log: string }> {
  const { size: bytes } = await stat(remux.input.path);
  const copy = (what: Remux) =>
    ffmpeg.run(remuxArgs(what, output), {
      signal,
      effort: copyEffort({ bytes }),
      onSeconds(seconds) {
        checkDuration(seconds, maxDurationSeconds);
        onSeconds?.(seconds);
      },
    });
  const { log } = await copy(remux)
    .catch((thrown: unknown) => {
      if (!isUncopiable(thrown)) throw thrown;
      return copy({ ...remux, decodeSound: true });
    })
    .catch((thrown: unknown) => {
      throw copyError(thrown);
    });
  const { input, video } = remux;
  if (tellsDamage(log, video.index)) return { damaged: true, endsEarly: endsEarly(log), log };
  // An ffmpeg of 2018 copies over lost packets without a word; the ffprobe beside it does not.
  if (ffmpeg.tools.statsPeriod || input.demuxer !== 'mpegts') return { damaged: false, endsEarly: false, log };
  const pass = await ffmpeg
    .probe(packetsArgs(input, video.index), { signal, effort: demuxEffort({ bytes }), onLine: () => {} })
    .catch(rethrowAsInput);
  return { damaged: tellsDamage(pass.log, video.index), endsEarly: endsEarly(pass.log), log };
}

/** Runs a pass of ffprobe that tells a line a packet or a frame. Rejects with INPUT_… codes, INPUT_TOO_LONG once `span` (ticks) passes the limit. */
export async function readLines(
  ffmpeg: Ffmpeg,
  args: string[],
  lines: { add(line: string): void; span(): number; jump?(): { from: number; to: number } | null },
  timeBase: Rational,
  { signal, effort, maxDurationSeconds, onSeconds }: IndexReading,
): Promise<{ log: string; count: number }> {
  const secondsSoFar = () => toSeconds(lines.span(), timeBase);
  const check = () => {
    const jump = lines.jump?.() ?? null;
    const jumpSeconds = jump && { from: toSeconds(jump.from, timeBase), to: toSeconds(jump.to, timeBase) };
    checkDuration(secondsSoFar(), maxDurationSeconds, jumpSeconds);
  };
  let count = 0;
  const result = await ffmpeg
    .probe(args, {
      signal,
      effort,
      where: () => `at ${secondsSoFar().toFixed(1)} s of the source`,
      onLine(line) {
        lines.add(line);
        count += 1;
        if (count % 1_000 !== 0) return;
        check(); // what it throws ends the pass
        onSeconds?.(secondsSoFar());
      },
    })
    .catch(rethrowAsInput);
  check();
  return { ...result, count };
}

function rethrowAsInput(thrown: unknown): never {
  throw inputError(thrown);
}

/** Of ffprobe's `1/90000`. Throws INPUT_DAMAGED. */
export function parseTimeBase(text: string): Rational {
  const [numerator = 0, denominator = 0] = text.split('/').map(Number);
  if (numerator > 0 && denominator > 0) return { numerator, denominator };
  throw new CatalogueError('INPUT_DAMAGED', 'The video has no time base.');
}

/** Ticks of one frame by the stream's frame rate; of 1/25 s where it is not told. */
function frameDuration(rate: string, { numerator, denominator }: Rational): number {
  const [frames = 0, seconds = 0] = rate.split('/').map(Number);
  const framesPerSecond = frames > 0 && seconds > 0 ? frames / seconds : 25;
  return Math.max(1, Math.round(denominator / numerator / framesPerSecond));
}
