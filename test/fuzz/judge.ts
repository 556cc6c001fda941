import type { Mutant } from './mutant.ts';
import { canaries, type Ending } from './start-victim.ts';

/** What must not be. */
export type FindingKind = 'crash' | 'hang' | 'leak' | 'blocked' | 'memory' | 'wrong verdict';

export interface Finding {
  kind: FindingKind;
  number: number;
  good: string;
  mutation: string;
  what: string;
}

const longestBlockMs = 5_000;
const mostResidentBytes = 512 * 2 ** 20;

/** What is wrong with how a file ended. Pure. `places` are paths of this machine that nobody must get to read. */
export function judge(
  mutant: Pick<Mutant, 'number' | 'good' | 'mutation'>,
  ending: Ending,
  places: string[],
): Finding[] {
  const { number, good, mutation } = mutant;
  const finding = (kind: FindingKind, what: string): Finding => ({ kind, number, good, mutation, what });
  if (ending.kind === 'exit')
    return [finding('crash', `our process ended with ${ending.how}: ${ending.log.slice(-2_000)}`)];
  if (ending.kind === 'hang') return [finding('hang', `no frame and no end for ${ending.seconds} s`)];

  const { code, detail, crash, messages, blockedMs, residentBytes } = ending.report;
  const leaks = [...messages, ...logWords(ending.log)].flatMap((text) => leaksIn(text, places));
  return [
    ...(crash === null ? [] : [finding('crash', crash)]),
    ...[...new Set(leaks)].map((leak) => finding('leak', leak)),
    ...(blockedMs > longestBlockMs ? [finding('blocked', `the event loop stood still for ${blockedMs} ms`)] : []),
    ...(residentBytes > mostResidentBytes ? [finding('memory', `${Math.round(residentBytes / 2 ** 20)} MiB`)] : []),
    ...(mutation === 'untouched' && code !== 'READY' ? [finding('wrong verdict', `${code}: ${detail}`)] : []),
  ];
}

/** Each log line but for its stack: that names files of our own, for whoever has the source. */
const logWords = (log: string): string[] =>
  log.split('\n').map((line) => line.replace(/"stack":"(?:[^"\\]|\\.)*"/g, '"stack":""'));

const systemPath = /(?<![\w:/.])\/(?:tmp|work|home|root|usr|var|proc|etc|opt|dev|run|mnt|srv)\/[^\s"']*/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
const controlCharacter = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/** What a text tells that it must not: secrets, paths, and characters that a terminal obeys. Pure. */
export function leaksIn(text: string, places: string[]): string[] {
  const near = (at: number) => JSON.stringify(text.slice(Math.max(0, at - 60), at + 100));
  const said = [...Object.values(canaries), 'canary-password', ...places].filter((secret) => text.includes(secret));
  const path = systemPath.exec(text);
  const control = controlCharacter.exec(text);
  return [
    ...said.map((secret) => `tells ${secret}: ${near(text.indexOf(secret))}`),
    ...(path ? [`a path: ${near(path.index)}`] : []),
    ...(control ? [`a control character: ${near(control.index)}`] : []),
  ];
}
