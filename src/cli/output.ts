import { CatalogueError } from '../errors/catalogue-error.ts';
import { withoutCredentials } from '../words/describe-error.ts';
import { escapeUnseen } from '../words/escape-unseen.ts';

/**
 * Where a command speaks: results on standard output, everything else on standard error. Names and tags of strangers are among the words: what a
 * terminal would act on is written out, in JSON too, where it is the same string.
 */
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
    result: (object, words) => void process.stdout.write(`${escapeUnseen(json ? JSON.stringify(object) : words)}\n`),
    say: (words) => void (json ? process.stderr : process.stdout).write(`${escapeUnseen(words)}\n`),
  };
}

/** An error in the words of the command line: what happened, its cause, and what to do. For a terminal, and without credentials. */
export const errorWords = (thrown: unknown): string => escapeUnseen(withoutCredentials(wordsOf(thrown)));

function wordsOf(thrown: unknown): string {
  if (thrown instanceof CatalogueError) return `${thrown.code}: ${thrown.detail}\n${thrown.advice}`;
  if (!(thrown instanceof Error)) return String(thrown);
  const cause = thrown.cause instanceof Error ? `\n  because: ${thrown.cause.message}` : '';
  return `${thrown.message}${cause}`;
}
