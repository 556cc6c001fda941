import { type InputFile, inputArgs } from './input-args.ts';

/** A piece of the source that is looked at. */
export interface LookedSpan {
  /** From the container's start; null: the beginning. */
  seconds: number | null;
  pictures: number;
}

/** Pictures that are decoded in all, of a size up to high definition; fewer of larger ones. */
const mostPictures = 300;
const fewestPictures = 90;

/** The whole of a short clip, else its beginning and what follows a third and two thirds. */
export function lookedSpans(clip: { pictures: number; seconds: number; width: number; height: number }): LookedSpan[] {
  const affordable = (mostPictures * 1920 * 1080) / (clip.width * clip.height);
  const most = Math.round(Math.min(mostPictures, Math.max(fewestPictures, affordable)));
  if (clip.pictures <= most) return [{ seconds: null, pictures: clip.pictures }];
  const pictures = Math.round(most / 3);
  return [null, clip.seconds / 3, (clip.seconds * 2) / 3].map((seconds) => ({ seconds, pictures }));
}

/** ffmpeg: decodes a span, and writes what a filter says of it into the log. */
export const spanArgs = (input: InputFile, streamIndex: number, span: LookedSpan, filter: string): string[] => [
  ...['-v', 'info', '-threads', '1', '-noautorotate'], // a turned picture has columns for lines
  ...(span.seconds === null ? [] : ['-noaccurate_seek', '-ss', span.seconds.toFixed(3)]),
  ...inputArgs(input),
  ...['-map', `0:${streamIndex}`, '-frames:v', `${span.pictures}`, '-vf', filter],
  ...['-threads', '1', '-f', 'null', '-'],
];
