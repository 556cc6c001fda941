import { escapeName, escapeUnseen } from '../words/escape-unseen.ts';
import type { Output } from './output.ts';

/** The line at the bottom of a terminal that is drawn again and again. */
export interface LiveLine {
  /** Shows this text in place of the last one; nothing where there is no terminal. */
  show(text: string): void;
  /** A line that stays. */
  print(text: string): void;
  readonly live: boolean;
}

/** On standard error with --json (standard output belongs to the results), else on standard output. */
export function createLiveLine(output: Output): LiveLine {
  const stream = output.json ? process.stderr : process.stdout;
  const live = stream.isTTY === true;
  let shown = false;
  const clear = () => {
    if (shown) stream.write('\r\u001b[2K');
    shown = false;
  };
  return {
    live,
    show(text) {
      if (!live) return;
      clear();
      // a line that wraps could not be cleared
      stream.write(escapeName(text).slice(0, Math.max(20, (stream.columns || 80) - 1)));
      shown = true;
    },
    print(text) {
      clear();
      stream.write(`${escapeUnseen(text)}\n`);
    },
  };
}
