import { CatalogueError } from '../errors/catalogue-error.ts';
import type { ChosenVideo } from './choose-streams.ts';
import type { InputFile } from './input-args.ts';
import type { MediaFile, Stream } from './parse-streams.ts';
import { readSoundSpan } from './probe-sound.ts';
import type { IndexReading } from './probe-source.ts';
import type { Ffmpeg } from './run-ffmpeg.ts';
import type { Shortage } from './shortage.ts';

/** What a file says of the length of its picture, seconds. */
export interface ToldPicture {
  /** Null where nobody tells, or what is told was counted in what is there. */
  told: number | null;
  /** Where the sound ends, and should end, of a file that is cut behind the end of its picture. */
  sound?: { present: number; told: number };
}

/** The container's word, seconds. Captures have none: there ffprobe says what it counted from the first packet on, shown or not. */
export const toldSeconds = ({ format }: MediaFile): number | null =>
  ['mpegts', 'mpeg'].includes(format.format_name) || format.duration === 0 ? null : format.duration;

/** What a header says of the picture; the container's word, which is that of its longest track, where the picture has none of its own. */
export function toldPicture(file: MediaFile, video: Stream, short: Shortage | null): number | null {
  const told = short?.chain ? null : toldSeconds(file);
  const own = file.format.format_name.includes('matroska') ? taggedSeconds(video) : video.duration;
  return told === null || own === null || own <= 0 ? told : Math.min(own, told);
}

/** Matroska's `DURATION`, `00:00:12.023000000`, which ffmpeg counts from the beginning of the file, and mkvmerge from that of the track. */
function taggedSeconds({ tags, start_time: start }: Stream): number | null {
  const [, hours, minutes, seconds] = /^(\d+):(\d+):(\d+(?:\.\d+)?)$/.exec(tags.DURATION ?? '') ?? [];
  if (seconds === undefined) return null;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) - Math.max(0, start ?? 0);
}

export interface PictureToTell {
  file: MediaFile;
  input: InputFile;
  short: Shortage | null;
  chosen: ChosenVideo;
}

/**
 * As `toldPicture`, of a file whose packets are known: where it is cut, and sound is there long after the last picture, the picture had ended
 * before (tracks lie side by side in every container that does not tell them apart). That costs a demux pass a sound track.
 */
export async function tellPicture(
  ffmpeg: Ffmpeg,
  { file, input, short, chosen }: PictureToTell,
  { seconds: present, endsEarly }: { seconds: number; endsEarly: boolean },
  reading: IndexReading,
): Promise<ToldPicture> {
  const told = toldPicture(file, chosen.video, short);
  const isCut = endsEarly || short !== null;
  // Where the picture's own word is less than the container's, it is the word of the picture.
  if (!isCut || told === null || told < (toldSeconds(file) ?? told) || told - present <= mostApart) return { told };
  const start = chosen.video.start_time ?? 0;
  let heardTo = Number.NEGATIVE_INFINITY;
  for (const stream of chosen.audio) heardTo = Math.max(heardTo, await soundEnd(ffmpeg, { input, stream }, reading));
  if (heardTo - start - present <= mostApart) return { told };
  return { told: present, sound: { present: heardTo - start, told } };
}

/** Seconds between what is stored side by side. */
const mostApart = 1;

async function soundEnd(ffmpeg: Ffmpeg, track: { input: InputFile; stream: Stream }, reading: IndexReading) {
  try {
    return (await readSoundSpan(ffmpeg, track, reading)).end;
  } catch (thrown) {
    if (thrown instanceof CatalogueError && thrown.code === 'INPUT_DAMAGED') return Number.NEGATIVE_INFINITY;
    throw thrown;
  }
}
