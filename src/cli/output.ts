import { CatalogueError } from '../errors/catalogue-error.ts';

/** Where a command speaks: results on standard output, everything else on standard error. */
export interface Output {
  json: boolean;
  /** A result: one JSON object on a line with --json, else these words. */
  result(object: unknown, words: string): void;
  /** For the eyes of a person; on standard error with --json, so that standard output stays machine-readable. */
  say(words: string): void;
}

export function createOutput(json: boolean): Output {
  return {
    json,
    result: (object, words) => void process.stdout.write(`${json ? JSON.stringify(object) : words}\n`),
    say: (words) => void (json ? process.stderr : process.stdout).write(`${words}\n`),
  };
}

/** An error in the words of the command line: what happened, its cause, and what to do. */
export function errorWords(thrown: unknown): string {
  if (thrown instanceof CatalogueError) return `${thrown.code}: ${thrown.detail}\n${thrown.entry.fix}`;
  if (!(thrown instanceof Error)) return String(thrown);
  const cause = thrown.cause instanceof Error ? `\n  because: ${thrown.cause.message}` : '';
  return `${thrown.message}${cause}`;
}
