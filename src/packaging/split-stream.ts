import { damaged } from './boxes.ts';

/** A part of a stream of boxes: a whole moof, or bytes of anything else. */
export interface StreamPart {
  moof: boolean;
  bytes: Uint8Array;
}

/** Finds the moof boxes in a stream that begins with a box. Holds one of them at a time, and no data. Throws OUTPUT_DAMAGED. */
export async function* splitStream(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<StreamPart> {
  let held: Buffer = Buffer.alloc(0);
  let passing = 0; // bytes of a box that are still to come, and go through as they are
  for await (const chunk of chunks) {
    held = held.length > 0 ? Buffer.concat([held, chunk]) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    while (held.length > 0) {
      if (passing === 0) {
        const box = headerOf(held);
        if (!box) break;
        if (box.type !== 'moof') passing = box.size;
        else if (held.length < box.size) break;
        else {
          yield { moof: true, bytes: held.subarray(0, box.size) };
          held = held.subarray(box.size);
          continue;
        }
      }
      const bytes = held.subarray(0, Math.min(passing, held.length));
      yield { moof: false, bytes };
      passing -= bytes.length;
      held = held.subarray(bytes.length);
    }
  }
  if (held.length > 0 || (passing > 0 && passing < Infinity)) throw damaged('a segment ends in the middle of a box');
}

/** Size and type (ISO/IEC 14496-12, 4.2); null where more bytes are needed to tell. */
function headerOf(bytes: Buffer): { type: string; size: number } | null {
  if (bytes.length < 8) return null;
  const word = bytes.readUInt32BE(0);
  if (word === 1 && bytes.length < 16) return null;
  const size = word === 0 ? Infinity : word === 1 ? Number(bytes.readBigUInt64BE(8)) : word;
  const type = bytes.toString('latin1', 4, 8);
  if (size < 8) throw damaged(`box ${type} says ${size} bytes`);
  return { type, size };
}
