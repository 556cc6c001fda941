import { type FileHandle, open } from 'node:fs/promises';
import { damaged } from './boxes.ts';

/** Gives the bytes from `start` up to, not including, `end`. */
export type ReadRange = (start: number, end: number) => Promise<Uint8Array>;

/** Enough for the header boxes of a media segment in one read (a moof of 4 s at 60 fps has some 4 KiB). */
const chunkBytes = 16 * 1024;

/** A top-level box of a file, where it lies; its bytes are read when they are asked for. */
export interface PlacedBox {
  type: string;
  start: number;
  end: number;
  read(): Promise<Buffer>;
}

/**
 * The top-level boxes of a file of `size` bytes, one after another from `start` on; the data between headers is not read.
 * Throws OUTPUT_DAMAGED where a box does not fit.
 */
export async function* scanBoxes(size: number, read: ReadRange, start = 0): AsyncGenerator<PlacedBox> {
  let chunk: { start: number; bytes: Uint8Array } = { start: 0, bytes: new Uint8Array() };

  async function bytesAt(start: number, length: number): Promise<Buffer> {
    const end = start + length;
    if (end > size) throw damaged(`a box at ${start} ends behind the file (${size} bytes)`);
    if (start < chunk.start || end > chunk.start + chunk.bytes.length) {
      chunk = { start, bytes: await read(start, Math.min(size, start + Math.max(length, chunkBytes))) };
      if (chunk.bytes.length < length) throw damaged(`${chunk.bytes.length} bytes came from ${start}, not ${length}`);
    }
    return Buffer.from(chunk.bytes.buffer, chunk.bytes.byteOffset + start - chunk.start, length);
  }

  for (let at = start; at < size; ) {
    const header = await bytesAt(at, 8);
    const type = header.toString('latin1', 4, 8);
    const word = header.readUInt32BE(0);
    const length = word === 0 ? size - at : word === 1 ? Number((await bytesAt(at + 8, 8)).readBigUInt64BE(0)) : word;
    if (length < 8 || at + length > size) throw damaged(`box ${type} at ${at} says ${length} bytes of ${size - at}`);
    const place = at;
    yield { type, start: place, end: place + length, read: async () => Buffer.from(await bytesAt(place, length)) };
    at += length;
  }
}

/** The top-level boxes of the types asked for, joined. Throws OUTPUT_DAMAGED. */
export async function readBoxes(types: string[], size: number, read: ReadRange): Promise<Uint8Array> {
  const found: Uint8Array[] = [];
  for await (const box of scanBoxes(size, read)) if (types.includes(box.type)) found.push(await box.read());
  return Buffer.concat(found);
}

/** As `readBoxes`, out of a local file. */
export async function readBoxesOfFile(types: string[], path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    return await readBoxes(types, size, rangesOf(file));
  } finally {
    await file.close();
  }
}

/** Reads an open file. */
export const rangesOf =
  (file: FileHandle) =>
  async (start: number, end: number): Promise<Buffer> => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
    return buffer.subarray(0, bytesRead);
  };
