import { open } from 'node:fs/promises';
import { rangesOf } from '../packaging/read-boxes.ts';
import type { Rational } from '../plan/probe.ts';
import { countBefore, holdsTick } from '../plan/tick-list.ts';
import { toSeconds } from '../plan/ticks.ts';
import type { LostFrames } from './lost-frames.ts';

/** Where the index of an AVI says that a picture lies. */
export interface IndexedChunk {
  /** Byte of the file at which its data begin, as ffprobe tells `pos`. */
  position: number;
  /** Ticks of the stream from its beginning: chunks before it, the empty ones (a picture that stays) among them. */
  tick: number;
}

/** A whole number of entries. */
const chunkBytes = 1024 * 1024;

/**
 * The pictures of a stream by the AVI's index (`idx1`: name, flags, offset, size, of 4 bytes each), in the order of the file, without the empty
 * ones. Null where there is no such index. Of an OpenDML file it holds what lies in the first part alone.
 */
export async function readAviIndex(path: string, streamIndex: number): Promise<IndexedChunk[] | null> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const read = rangesOf(file);
    const found = await findParts(read, size);
    return found && (await readEntries(read, found, `${streamIndex}`.padStart(2, '0')));
  } finally {
    await file.close();
  }
}

type ReadRange = ReturnType<typeof rangesOf>;

interface Parts {
  /** Of the word `movi`. */
  movie: number;
  index: { start: number; bytes: number };
}

/** Chunks of the first RIFF, one after the other: what is damaged inside of one does not matter here. */
async function findParts(read: ReadRange, size: number): Promise<Parts | null> {
  let movie: number | null = null;
  for (let at = 12; at + 12 <= size; ) {
    const header = await read(at, at + 12);
    const bytes = header.readUInt32LE(4);
    const name = header.toString('latin1', 0, 4);
    if (name === 'LIST' && header.toString('latin1', 8) === 'movi') movie = at + 8;
    if (name === 'idx1') return movie === null ? null : { movie, index: { start: at + 8, bytes } };
    if (name === 'RIFF' || bytes === 0) return null;
    at += 8 + bytes + (bytes % 2);
  }
  return null;
}

async function readEntries(read: ReadRange, { movie, index }: Parts, stream: string): Promise<IndexedChunk[]> {
  const entries: IndexedChunk[] = [];
  let base: number | null = null;
  let tick = 0;
  for (let done = 0; done < index.bytes; done += chunkBytes) {
    const start = index.start + done;
    const bytes = await read(start, start + Math.min(chunkBytes, index.bytes - done));
    for (let at = 0; at + 16 <= bytes.length; at += 16) {
      const offset = bytes.readUInt32LE(at + 8);
      base ??= offset > movie ? 0 : movie; // from the file's beginning, or from `movi`
      const name = bytes.toString('latin1', at, at + 4);
      if (!name.startsWith(stream) || !/d[bc]$/.test(name)) continue;
      if (bytes.readUInt32LE(at + 12) > 0) entries.push({ position: base + offset + 8, tick });
      tick += 1;
    }
  }
  return entries;
}

/** Pictures that the index lists and no packet has been read from; null where none is missing, or where the index lists something else. `positions`: of the packets. */
export function missingChunks(chunks: IndexedChunk[], positions: Float64Array, timeBase: Rational): LostFrames | null {
  const found = positions.slice().sort();
  const lastListed = chunks.at(-1)?.position ?? Number.NEGATIVE_INFINITY;
  const covered = countBefore(found, lastListed + 1);
  const isThere = ({ position }: IndexedChunk) => holdsTick(found, position);
  const there = chunks.filter(isThere).length;
  if (there < covered * mostlyListed || there === chunks.length || there === 0) return null;

  const holes: LostFrames['holes'] = [];
  let open: LostFrames['holes'][number] | null = null;
  for (const chunk of chunks) {
    const seconds = toSeconds(chunk.tick, timeBase);
    if (open) open.to = seconds;
    if (isThere(chunk)) open = null;
    else if (open) [open.frames, open.to] = [open.frames + 1, toSeconds(chunk.tick + 1, timeBase)];
    else {
      open = { from: seconds, to: toSeconds(chunk.tick + 1, timeBase), frames: 1 };
      holes.push(open);
    }
  }
  return { of: chunks.length + (found.length - covered), holes };
}

/** Where more packets lie where the index lists none, it is wrong itself. */
const mostlyListed = 0.9;
