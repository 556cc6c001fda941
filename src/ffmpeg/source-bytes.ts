import { CatalogueError } from '../errors/catalogue-error.ts';
import { sniffBytes } from './sniff.ts';

/** A file of a known size that can be read in ranges: a local one, or a stored object. */
export interface RangeSource {
  bytes: number;
  /** The bytes from `start` up to, not including, `end`; never asked for beyond the end. */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** Its beginning and its end, in memory, and a way to the rest. */
export interface SourceBytes {
  size: number;
  /** At most 64 KiB. */
  head: Uint8Array;
  tail: Uint8Array;
  /** So many bytes at a place, fewer where the file ends before. Null where no more may be read. At most `chunkBytes`. */
  at(start: number, length: number): Promise<Uint8Array | null>;
}

/** Enough for the small boxes of a track in one read. */
const chunkBytes = 4 * 1024;

/** Round trips to a storage, beside the two for beginning and end. */
const mostReads = 64;

/** Reads beginning and end at once (a file of up to 128 KiB: in one read). Rejects with SERVICE_UNAVAILABLE where fewer bytes come than there are. */
export async function openBytes(source: RangeSource): Promise<SourceBytes> {
  const { bytes: size } = source;
  const edge = Math.min(sniffBytes, size);
  const ends: [number, number][] =
    size <= 2 * sniffBytes
      ? [[0, size]]
      : [
          [0, sniffBytes],
          [size - sniffBytes, size],
        ];
  const chunks = await Promise.all(ends.map(([start, end]) => readChunk(source, start, end)));
  const [first, last = first] = chunks;
  let latest: Chunk | undefined;
  let reads = 0;
  return {
    size,
    head: first?.bytes.subarray(0, edge) ?? new Uint8Array(),
    tail: last?.bytes.subarray(last.bytes.length - edge) ?? new Uint8Array(),
    async at(start, length) {
      const end = Math.min(size, start + length);
      if (start >= end) return new Uint8Array();
      const there = [latest, ...chunks].find((chunk) => chunk && start >= chunk.start && end <= endOf(chunk));
      if (there) return there.bytes.subarray(start - there.start, end - there.start);
      if (reads >= mostReads) return null;
      reads += 1;
      latest = await readChunk(source, start, Math.min(size, start + chunkBytes));
      return latest.bytes.subarray(0, end - start);
    },
  };
}

interface Chunk {
  start: number;
  bytes: Uint8Array;
}

const endOf = ({ start, bytes }: Chunk): number => start + bytes.length;

async function readChunk(source: RangeSource, start: number, end: number): Promise<Chunk> {
  const bytes = start < end ? await source.read(start, end) : new Uint8Array();
  if (bytes.length === end - start) return { start, bytes };
  throw new CatalogueError('SERVICE_UNAVAILABLE', `The storage gave ${bytes.length} of ${end - start} bytes.`);
}
