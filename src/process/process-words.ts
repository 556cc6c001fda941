import { basename, dirname } from 'node:path';
import { displayName } from '../words/display-name.ts';

/** A command as a shell takes it: ready to paste from the log. */
export const shellQuoted = (words: string[]): string =>
  words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');

const longestWords = 400;
const longestLine = 10 * longestWords;

/**
 * The end of a tool's log in at most 400 code points, safe to show: no folder of this machine, nothing that controls a terminal. `paths` are what
 * the tool was given; of each only the file's name is left.
 */
export function lastWords(log: string, paths: string[]): string {
  const lines = log
    .slice(-8 * longestLine)
    .split('\n')
    .map((line) => displayName(withoutPlaces(withoutPaths(line, paths)), longestLine))
    .filter((line) => line !== '');
  const words = lines.slice(-3).join(' | ');
  return displayName([...words].slice(-longestWords).join(''), longestWords);
}

/** Without the place in memory of who says it (`[ogg @ 0x557b999a0200]`), which is another one on every run. */
const withoutPlaces = (line: string): string => line.replace(/ @ (?:0x)?[0-9a-f]{6,16}\]/gi, ']');

/** The text with every folder taken out of its file names. */
export function withoutPaths(text: string, paths: string[]): string {
  const given = paths.filter((path) => path.includes('/')).sort((a, b) => b.length - a.length);
  const named = foldersIn(given).reduce(
    (rest, folder) => rest.replaceAll(`file:${folder}/`, '').replaceAll(`${folder}/`, ''),
    text,
  );
  const plain = given.reduce((rest, path) => rest.replaceAll(path, basename(path)), named);
  return plain.replace(/(?<![\w/])(?:file:)?(?:\/[^\s/'":,;]+)+\/([^\s/'":,;]*)/g, '$1');
}

/** Folders that arguments name (`in=/a folder/x,stream=…`, `file:/a folder/x`), the deepest first: their names may hold spaces. */
function foldersIn(paths: string[]): string[] {
  const files = paths.flatMap((path) => path.match(/\/[^,=:;'"|]+/g) ?? []);
  const folders = [...new Set([...paths, ...files.map((file) => dirname(file))])];
  return folders.filter((folder) => folder.startsWith('/') && folder.length > 1).sort((a, b) => b.length - a.length);
}
