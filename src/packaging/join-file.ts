import { type FileHandle, open } from 'node:fs/promises';
import { damaged } from './boxes.ts';
import { type Frame, readTrack } from './cmaf.ts';
import { fillerUnit, padFragment } from './pad-fragment.ts';
import { rangesOf } from './read-boxes.ts';
import { scanFrames } from './scan-frames.ts';
import { splitStream } from './split-stream.ts';
import { type Fragment, readFragment, timeFragment } from './time-fragment.ts';

/** A rendition on its way into one file: init, then media, segment after segment. Only one fragment is ever in memory. */
export interface JoinFile {
  /**
   * Adds a segment's media (moof + mdat …) behind what is there; the next segment begins at `endTicks`. Of the bytes only decode times
   * and durations change, and only where they must: see `timeFragment`. Rejects with OUTPUT_DAMAGED.
   */
  append(media: AsyncIterable<Uint8Array>, options: { endTicks: number; signal: AbortSignal }): Promise<void>;
  /** Frames of the segment that was added last, fragment by fragment, in decode order. Throws OUTPUT_DAMAGED. */
  frames(): AsyncGenerator<Frame[]>;
  /** Makes the last frame longer by so many bytes of filler, at least `leastFiller`: decoders pass over it. Rejects with OUTPUT_DAMAGED. */
  pad(bytes: number): Promise<void>;
  /** Takes the segment away again that was added last. */
  takeBack(): Promise<void>;
  close(): Promise<void>;
}

/** Begins a file with an init; close it. */
export async function openJoinFile(path: string, init: Uint8Array): Promise<JoinFile> {
  const track = readTrack(init);
  const file = await open(path, 'w+');
  let end = await write(file, init, 0);
  let segmentStart = end;
  let last = { start: end, data: end };

  const put = async (fragment: Fragment, data: Uint8Array[], endTicks: number): Promise<void> => {
    const start = end;
    end = await write(file, timeFragment(track, fragment, endTicks), end);
    last = { start, data: end };
    for (const bytes of data) end = await write(file, bytes, end);
  };

  return {
    async append(media, { endTicks, signal }) {
      segmentStart = end;
      let fragment: Fragment | null = null;
      let data: Uint8Array[] = [];
      for await (const { moof, bytes } of splitStream(media)) {
        signal.throwIfAborted();
        if (!moof && !fragment) throw damaged('a segment does not begin with a moof');
        if (!moof) {
          data.push(bytes);
          continue;
        }
        // A fragment ends where the next one begins, so it waits for that one's header.
        const next = readFragment(track, bytes);
        if (fragment) await put(fragment, data, next.start);
        fragment = next;
        data = [];
      }
      if (!fragment) throw damaged('a segment has no moof');
      await put(fragment, data, endTicks);
    },
    frames: () => scanFrames(track, { start: segmentStart, end }, rangesOf(file)),
    async pad(bytes) {
      const read = rangesOf(file);
      const data = await read(last.data, end);
      const size = data.length < 8 ? 0 : data.readUInt32BE(0);
      // One box, of 32 bits: what a muxer writes behind a moof.
      if (size !== data.length) throw damaged(`behind a moof lie ${data.length} bytes, and not one box`);
      data.writeUInt32BE(size + bytes);
      const moof = padFragment(await read(last.start, last.data), bytes, track.defaults.size);
      end = await write(file, Buffer.concat([moof, data, fillerUnit(bytes)]), last.start);
      last = { ...last, data: last.start + moof.length };
    },
    async takeBack() {
      await file.truncate(segmentStart);
      end = segmentStart;
    },
    close: () => file.close(),
  };
}

/** Writes all of it, and gives where it ends. */
async function write(file: FileHandle, bytes: Uint8Array, at: number): Promise<number> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
  }
  return at + bytes.length;
}
