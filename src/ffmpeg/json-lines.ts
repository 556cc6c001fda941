import { CatalogueError } from '../errors/catalogue-error.ts';

/** Characters of a line that are kept: names are cut far below. */
const longestLine = 8 * 1024;
/** A thousand streams, which is all that ffprobe reads, each with every tag that we ask for at its longest. */
const mostCharacters = 64 * 2 ** 20;

/**
 * Takes the lines of ffprobe's JSON, which has each value on a line of its own, and cuts the long ones: a tag of a file can have 16 MB, in each
 * of its streams. What is read of it is still JSON. Throws INPUT_DAMAGED where there is no end to it.
 */
export function jsonLines(): { add(line: string): void; text(): string } {
  const lines: string[] = [];
  let length = 0;
  return {
    add(line) {
      const kept = shortJsonLine(line, longestLine);
      length += kept.length;
      if (length > mostCharacters) throw new CatalogueError('INPUT_DAMAGED', 'The file says too much of its streams.');
      lines.push(kept);
    },
    text: () => lines.join('\n'),
  };
}

/** A line `"name": "value",` with at most so many characters, its value cut. Pure. */
export function shortJsonLine(line: string, most: number): string {
  if (line.length <= most) return line;
  const end = /"?,?$/.exec(line.slice(-2))?.[0] ?? '';
  // An escape that was cut in two is left out, and all backslashes before it: an odd one would take the quote with it.
  const value = line.slice(0, Math.min(most, line.length - end.length));
  return `${value.replace(/\\+(?:u[0-9a-f]{0,4})?$/i, '')}${end.startsWith('"') ? end : `"${end}`}`;
}
