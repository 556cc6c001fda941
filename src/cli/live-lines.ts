import { escapeName } from '../words/escape-unseen.ts';

/** Lines at the bottom of a terminal that are drawn again and again, in place; the last drawing stays. */
export interface LiveLines {
  /** Shows these in place of the last ones. Each is cut at the width of the terminal: one that wraps could not be drawn over. */
  show(lines: readonly string[]): void;
}

/** As much of a terminal as it takes. */
type Terminal = Pick<NodeJS.WriteStream, 'write' | 'columns' | 'rows'>;

export function createLiveLines(stream: Terminal): LiveLines {
  let shown = 0;
  return {
    show(lines) {
      const width = Math.max(20, (stream.columns || 80) - 1);
      // What has scrolled away could not be drawn over either.
      const fitting = lines.slice(0, Math.max(1, (stream.rows || 24) - 1)).map((line) => cut(escapeName(line), width));
      // One write, line by line over what stands there: nothing flickers.
      const up = shown > 0 ? `\u001b[${shown}A\r` : '';
      stream.write(`${up}${fitting.map((line) => `${line}\u001b[K\n`).join('')}\u001b[J`);
      shown = fitting.length;
    },
  };
}

const cut = (line: string, width: number): string => {
  const signs = [...line];
  return signs.length <= width ? line : `${signs.slice(0, width - 1).join('')}…`;
};
