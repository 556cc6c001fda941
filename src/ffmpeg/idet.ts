import type { FieldCounts } from './detect-scan.ts';
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

/** ffmpeg: sorts the pictures of a span, for `parseIdet`. */
export const idetArgs = (input: InputFile, streamIndex: number, span: LookedSpan): string[] => [
  ...['-v', 'info', '-threads', '1', '-noautorotate'], // a turned picture has columns for lines
  ...(span.seconds === null ? [] : ['-noaccurate_seek', '-ss', span.seconds.toFixed(3)]),
  ...inputArgs(input),
  // The usual 1.04 takes drawings and screens for interlaced (measured: 10 of 10 progressive pictures); with 1.3 none, and combed ones are still found.
  ...['-map', `0:${streamIndex}`, '-frames:v', `${span.pictures}`, '-vf', 'idet=intl_thres=1.3'],
  ...['-threads', '1', '-f', 'null', '-'],
];

/** Sums what the filter wrote into the logs of some spans. A build may write it several times: the last one counts. */
export function parseIdet(logs: string[]): FieldCounts {
  const sum = { tff: 0, bff: 0, progressive: 0, repeated: 0, combed: 0 };
  for (const log of logs) {
    const number = (pattern: RegExp) => Number([...log.matchAll(pattern)].at(-1)?.[1] ?? 0);
    sum.tff += number(/Multi frame detection: TFF:\s*(\d+)/g);
    sum.bff += number(/Multi frame detection:.*BFF:\s*(\d+)/g);
    sum.progressive += number(/Multi frame detection:.*Progressive:\s*(\d+)/g);
    sum.repeated += number(/Repeated Fields:.*Top:\s*(\d+)/g) + number(/Repeated Fields:.*Bottom:\s*(\d+)/g);
    sum.combed += number(/Single frame detection: TFF:\s*(\d+)/g) + number(/Single frame detection:.*BFF:\s*(\d+)/g);
  }
  return sum;
}
