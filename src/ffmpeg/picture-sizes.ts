/** Pixels, as decoded. */
export interface PictureSize {
  width: number;
  height: number;
}

/** Pictures that come into a graph of filters; `pixelFormat` by ffmpeg's name. */
export interface DecodedShape extends PictureSize {
  pixelFormat: string;
}

/** What comes into a graph of filters, from a line of ffmpeg's log at `level+verbose`: it is told whenever a graph is built; else null. */
export function parseDecodedShape(line: string): DecodedShape | null {
  const [, width, height, pixelFormat] =
    /^\[graph[^\]]* in[^\]]*\] \[verbose\] w:(\d+) h:(\d+) pixfmt:(\S+)/.exec(line) ?? [];
  return pixelFormat === undefined ? null : { width: Number(width), height: Number(height), pixelFormat };
}

/** A line of ffmpeg's log at `level+verbose` as it is at `warning`: null where it would not be there. */
export function withoutChatter(line: string): string | null {
  const [tag, level] = /\[(\w+)\] /.exec(line.replace(/^\[[^\]]* @ [^\]]*\] /, '')) ?? [];
  if (tag === undefined) return line;
  return ['info', 'verbose', 'debug', 'trace'].includes(level ?? '') ? null : line.replace(tag, '');
}
