import { escapeName, escapeUnseen } from '../words/escape-unseen.ts';
import type { StatusAnswer } from './api-client.ts';
import { isFinal } from './file-result.ts';
import { createLiveLines } from './live-lines.ts';
import type { Output } from './output.ts';
import { changesSince } from './progress-line.ts';
import { statusBars } from './status-bars.ts';

/** The estimate counts down between two changes. */
const redrawMs = 1_000;

/** Shows a video's way to a person or a program. */
export interface StatusShow {
  status(status: StatusAnswer): void;
  /** Something else, such as that the API is away. */
  note(words: string): void;
  end(): void;
}

/** With --json an object a change; on a terminal bars that are drawn in place; else a line for what has changed. */
export function showStatus(output: Output, filename: string): StatusShow {
  if (output.json) return jsonLines(output);
  return process.stdout.isTTY ? bars(process.stdout, filename) : lines(output, escapeName(filename));
}

function jsonLines(output: Output): StatusShow {
  let before = '';
  return {
    status(status) {
      const now = JSON.stringify(status);
      // What became of it is told at the end, with all that this says; a stream that is opened again repeats what is known.
      if (now !== before && !isFinal(status.status)) output.result(status, '');
      before = now;
    },
    note: (words) => output.say(words),
    end: () => undefined,
  };
}

function lines(output: Output, name: string): StatusShow {
  let before: StatusAnswer | null = null;
  return {
    status(status) {
      for (const change of changesSince(before, status)) output.say(`${name}  ${change}`);
      before = status;
    },
    note: (words) => void process.stderr.write(`${escapeUnseen(words)}\n`),
    end: () => undefined,
  };
}

function bars(stream: NodeJS.WriteStream, filename: string): StatusShow {
  const live = createLiveLines(stream);
  let last: StatusAnswer | null = null;
  let note = '';
  const draw = () => {
    if (last) live.show([...statusBars(filename, last, new Date()), ...(note ? [note] : [])]);
  };
  const timer = setInterval(draw, redrawMs);
  stream.on('resize', draw);
  return {
    status(status) {
      last = status;
      note = '';
      draw();
    },
    note(words) {
      note = words;
      if (last) draw();
      else stream.write(`${escapeUnseen(words)}\n`);
    },
    end() {
      clearInterval(timer);
      stream.off('resize', draw);
    },
  };
}
