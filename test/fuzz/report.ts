import type { Outcome } from './fuzz.ts';
import type { FindingKind } from './judge.ts';

export interface FuzzReport {
  files: number;
  seed: number;
  seconds: number;
  files_per_second: number;
  crashes: number;
  hangs: number;
  leaks: number;
  /** An event loop that stood still, memory, and good files that were refused. */
  other: number;
  /** Files whose code says nothing of the file: neither made nor refused as input. */
  unnamed: number;
  by_code: Record<string, number>;
  by_good: Record<string, Record<string, number>>;
  by_mutation: Record<string, Record<string, number>>;
}

/** Whether a code says what the file is. Pure. */
export const isNamed = (code: string): boolean => code === 'READY' || code.startsWith('INPUT_');

/** Sums up a series. Pure. */
export function fuzzReport(outcomes: Outcome[], { seed, seconds }: { seed: number; seconds: number }): FuzzReport {
  const found = outcomes.flatMap(({ findings }) => findings);
  const count = (...kinds: FindingKind[]) => found.filter(({ kind }) => kinds.includes(kind)).length;
  return {
    files: outcomes.length,
    seed,
    seconds: Math.round(seconds),
    files_per_second: Number((outcomes.length / seconds).toFixed(2)),
    crashes: count('crash'),
    hangs: count('hang'),
    leaks: count('leak'),
    other: count('blocked', 'memory', 'wrong verdict'),
    unnamed: outcomes.filter(({ code }) => !isNamed(code)).length,
    by_code: tally(outcomes, ({ code }) => code),
    by_good: tallies(outcomes, ({ good }) => good),
    by_mutation: tallies(outcomes, ({ mutation }) => mutation),
  };
}

/** The report for people: a row for each good file and each mutation, a column for each code. Pure. */
export function reportWords(report: FuzzReport): string {
  const codes = Object.keys(report.by_code);
  const short = codes.map((code) => code.replace('INPUT_', ''));
  const row = (name: string, cells: (string | number)[]) =>
    name.padEnd(24) + cells.map((cell, index) => String(cell).padStart((short[index]?.length ?? 0) + 2)).join('');
  const rows = (of: Record<string, Record<string, number>>) =>
    Object.entries(of).map(([name, counts]) =>
      row(
        name,
        codes.map((code) => counts[code] ?? ''),
      ),
    );
  const { files, seed, seconds, files_per_second, crashes, hangs, leaks, other, unnamed } = report;
  return [
    row('', short),
    ...rows(report.by_good),
    '',
    ...rows(report.by_mutation),
    '',
    row('all', Object.values(report.by_code)),
    `${files} files of seed ${seed} in ${seconds} s (${files_per_second} a second)`,
    `crashes ${crashes}, hangs ${hangs}, leaks ${leaks}, other ${other}; no code of the file's own: ${unnamed}`,
  ].join('\n');
}

function tally<Value>(values: Value[], nameOf: (value: Value) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[nameOf(value)] = (counts[nameOf(value)] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => a.localeCompare(b)));
}

function tallies(outcomes: Outcome[], nameOf: (outcome: Outcome) => string): Record<string, Record<string, number>> {
  const names = [...new Set(outcomes.map(nameOf))].sort();
  return Object.fromEntries(
    names.map((name) => [
      name,
      tally(
        outcomes.filter((outcome) => nameOf(outcome) === name),
        ({ code }) => code,
      ),
    ]),
  );
}
