import { open } from 'node:fs/promises';
import { boxesIn, childBoxes, findBox, readFullBox } from '../packaging/boxes.ts';
import { rangesOf, scanBoxes } from '../packaging/read-boxes.ts';

/**
 * Lets the edit list of the first track of an MP4 that we wrote go on behind its media, in place. ffmpeg ends it with the last frame, and
 * where packets tell no duration (a variable frame rate in MPEG-TS) before it: then its own demuxer leaves that frame out. Rejects with
 * OUTPUT_DAMAGED. (ISO/IEC 14496-12, 8.6.6)
 */
export async function lengthenEdit(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    for await (const moov of scanBoxes(size, rangesOf(file))) {
      if (moov.type !== 'moov') continue;
      const last = lastDuration(await moov.read());
      if (last) await file.write(last.bytes, 0, last.bytes.length, moov.start + last.at);
      return;
    }
  } finally {
    await file.close();
  }
}

/** The longer duration of the last edit, and where it stands in the `moov`; null where there is no list. */
function lastDuration(bytes: Buffer): { at: number; bytes: Buffer } | null {
  const [moov] = boxesIn(bytes);
  const track = moov && childBoxes(moov).find(({ type }) => type === 'trak');
  const list = track && findBox(track, ['edts', 'elst']);
  if (!list) return null;
  const { version, fields } = readFullBox(list);
  const count = fields.u32();
  if (count === 0) return null;
  const at = list.body + 8 + (count - 1) * (version === 1 ? 20 : 12);
  if (version === 1) {
    const duration = Buffer.alloc(8);
    duration.writeBigUInt64BE(bytes.readBigUInt64BE(at) + BigInt(more));
    return { at, bytes: duration };
  }
  const duration = Buffer.alloc(4);
  duration.writeUInt32BE(Math.min(bytes.readUInt32BE(at) + more, 0xffffffff));
  return { at, bytes: duration };
}

/** Ticks of the movie's clock, which counts milliseconds: more than any frame stays. */
const more = 3_600_000;
