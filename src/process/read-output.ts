import type { Readable } from 'node:stream';

/**
 * Gives each line of a stream (\n, \r\n or a lone \r) without its end, and a line longer than `longest` characters in parts; what `onLine`
 * throws goes to `onError`, and the rest is dropped.
 */
export function splitLines(
  stream: Readable,
  onLine: (line: string) => void,
  onError: (thrown: unknown) => void,
  longest = 64 * 2 ** 20,
): void {
  let rest = '';
  let broken = false;
  const give = (line: string) => {
    if (broken) return;
    try {
      onLine(line);
    } catch (thrown) {
      broken = true;
      onError(thrown);
    }
  };
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    // A long line comes in many chunks: it is not searched again with each of them.
    const ends = rest.endsWith('\r') || /[\r\n]/.test(chunk);
    rest += chunk;
    if (ends) {
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? '';
      for (const line of lines) give(line);
    }
    if (rest.length > longest) {
      give(rest);
      rest = '';
    }
  });
  stream.on('end', () => {
    if (rest !== '') give(rest.replace(/\r$/, ''));
  });
  stream.on('error', () => {}); // a pipe that breaks with its process: the exit tells the story
}

/** Keeps the last characters of what is added, `most` at least and twice as many for a moment. */
export function tail(most: number): { add(text: string): void; text(): string } {
  let kept = '';
  return {
    add(text) {
      kept += text;
      if (kept.length > 2 * most) kept = kept.slice(-most);
    },
    text: () => kept.slice(-most),
  };
}
