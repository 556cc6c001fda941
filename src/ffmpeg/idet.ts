import type { FieldCounts, SeenFields } from './detect-scan.ts';
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
  // The usual 1.04 takes drawings and screens for interlaced (measured: 10 of 10 progressive pictures). With 1.3 none is; little of what is drawn and
  // truly interlaced is told then. So both are asked.
  ...['-map', `0:${streamIndex}`, '-frames:v', `${span.pictures}`, '-vf', 'idet=intl_thres=1.3,idet=intl_thres=1.04'],
  ...['-threads', '1', '-f', 'null', '-'],
];

/** Sums what the filters wrote into the logs of some spans. A build may write it several times: the last one counts. */
export function parseIdet(logs: string[]): SeenFields {
  const sum = (filter: number, line: string, kinds: string[]) =>
    logs
      .flatMap((log) => kinds.map((kind) => new RegExp(` ${kind}:\\s*(\\d+)`).exec(lastOf(log, filter, line))?.[1]))
      .reduce((total, number) => total + Number(number ?? 0), 0);
  const counts = (filter: number, line: string): FieldCounts => ({
    tff: sum(filter, line, ['TFF']),
    bff: sum(filter, line, ['BFF']),
    progressive: sum(filter, line, ['Progressive']),
  });
  return {
    sure: counts(0, 'Multi frame detection'),
    likely: counts(1, 'Single frame detection'),
    combed: sum(0, 'Single frame detection', ['TFF', 'BFF']),
    repeated: sum(0, 'Repeated Fields', ['Top', 'Bottom']),
  };
}

/** The last line of a filter that begins so. */
const lastOf = (log: string, filter: number, line: string): string =>
  log.split('\n').findLast((text) => text.includes(`Parsed_idet_${filter} `) && text.includes(line)) ?? '';
