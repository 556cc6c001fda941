import { basename } from 'node:path';

/** A command as a shell takes it: ready to paste from the log. */
export const shellQuoted = (words: string[]): string =>
  words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');

/**
 * The end of a tool's log in at most 400 characters, safe to show: no folder of this machine, no control characters. `paths` are what
 * the tool was given; of each only the file's name is left.
 */
export function lastWords(log: string, paths: string[]): string {
  const lines = log
    .split('\n')
    .map((line) =>
      withoutPaths(line, paths)
        .replace(/\p{Cc}/gu, ' ')
        .trim(),
    )
    .filter((line) => line !== '');
  return lines.slice(-3).join(' | ').slice(-400);
}

/** The text with every folder taken out of its file names. */
export function withoutPaths(text: string, paths: string[]): string {
  const given = paths.filter((path) => path.includes('/')).sort((a, b) => b.length - a.length);
  const named = given.reduce((rest, path) => rest.replaceAll(path, basename(path)), text);
  return named.replace(/(?<![\w/])(?:file:)?(?:\/[^\s/'":,;]+)+\/([^\s/'":,;]*)/g, '$1');
}
