import { open } from 'node:fs/promises';
import { rangesOf } from '../packaging/read-boxes.ts';

const windowBytes = 256 * 1024;
const [packHeader, streamEnd] = [0xba, 0xb9];

/**
 * True where between the packets of a program stream (MPEG-1 or MPEG-2 systems: each begins with 00 00 01, and tells its length) lie bytes that
 * belong to none: some were destroyed. A recording that was paused has none such. A VideoCD's sectors have headers of their own: false.
 */
export async function hasStrayBytes(path: string, signal: AbortSignal): Promise<boolean> {
  const file = await open(path);
  try {
    const read = rangesOf(file);
    let [start, window]: [number, Buffer] = [0, Buffer.alloc(0)];
    for (let at = 0; ; ) {
      if (at + 14 > start + window.length) {
        signal.throwIfAborted();
        [start, window] = [at, await read(at, at + windowBytes)];
        if (window.length < 14) return false;
      }
      const header = window.subarray(at - start, at - start + 14);
      if (at === 0 && header.toString('latin1', 0, 4) === 'RIFF') return false;
      const length = packetBytes(header);
      if (length === null) return true;
      if (length === 0) return false;
      at += length;
    }
  } finally {
    await file.close();
  }
}

/** Null where no packet begins; 0 where its end is not told. */
function packetBytes(header: Buffer): number | null {
  const id = header.readUInt8(3);
  if (header.readUIntBE(0, 3) !== 1 || id < streamEnd) return null;
  if (id === streamEnd) return 4;
  const length = header.readUInt16BE(4);
  if (id !== packHeader) return length === 0 ? 0 : 6 + length;
  return header.readUInt8(4) >> 6 === 1 ? 14 + (header.readUInt8(13) & 7) : 12;
}
