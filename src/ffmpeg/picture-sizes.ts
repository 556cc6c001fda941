/** Pixels, as decoded. */
export interface PictureSize {
  width: number;
  height: number;
}

/** The size of the pictures that come into a graph of filters, from a line of ffmpeg's log at `level+verbose`: it is told whenever a graph is built; else null. */
export function parsePictureSize(line: string): PictureSize | null {
  const [, width, height] = /^\[graph[^\]]* in[^\]]*\] \[verbose\] w:(\d+) h:(\d+) pixfmt:/.exec(line) ?? [];
  return width === undefined ? null : { width: Number(width), height: Number(height) };
}

/** A line of ffmpeg's log at `level+verbose` as it is at `warning`: null where it would not be there. */
export function withoutChatter(line: string): string | null {
  const [tag, level] = /\[(\w+)\] /.exec(line.replace(/^\[[^\]]* @ [^\]]*\] /, '')) ?? [];
  if (tag === undefined) return line;
  return ['info', 'verbose', 'debug', 'trace'].includes(level ?? '') ? null : line.replace(tag, '');
}
