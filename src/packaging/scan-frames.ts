import { open } from 'node:fs/promises';
import { type Frame, framesOf, type Track } from './cmaf.ts';
import { type ReadRange, rangesOf, scanBoxes } from './read-boxes.ts';

/** Bytes of a file, from and up to not including. */
export interface Span {
  start: number;
  end: number;
}

/** The frames of a track's media, fragment by fragment, in decode order; the pictures are not read. Throws OUTPUT_DAMAGED. */
export async function* scanFrames(track: Track, { start, end }: Span, read: ReadRange): AsyncGenerator<Frame[]> {
  for await (const box of scanBoxes(end, read, start)) if (box.type === 'moof') yield framesOf(track, await box.read());
}

/** As `scanFrames`, out of a local file. */
export async function* scanFramesOfFile(track: Track, span: Span, path: string): AsyncGenerator<Frame[]> {
  const file = await open(path);
  try {
    yield* scanFrames(track, span, rangesOf(file));
  } finally {
    await file.close();
  }
}
