import type { FieldCounts, SeenFields } from './detect-scan.ts';
import type { InputFile } from './input-args.ts';
import { type LookedSpan, spanArgs } from './looked-spans.ts';

/**
 * ffmpeg: sorts the pictures of a span, for `parseIdet`. The usual 1.04 takes drawings and screens for interlaced (measured: 10 of 10 progressive
 * pictures). With 1.3 none is; little of what is drawn and truly interlaced is told then. So both are asked.
 */
export const idetArgs = (input: InputFile, streamIndex: number, span: LookedSpan): string[] =>
  spanArgs(input, streamIndex, span, 'idet=intl_thres=1.3,idet=intl_thres=1.04');

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
