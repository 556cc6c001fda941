import { type FileHandle, open } from 'node:fs/promises';
import { damaged } from './boxes.ts';
import { type Frame, readTrack } from './cmaf.ts';
import { rangesOf, scanBoxes } from './read-boxes.ts';
import { scanFrames } from './scan-frames.ts';
import { setMediaEnd } from './set-end.ts';

/** A rendition on its way into one file: init, then media, segment after segment. Only one fragment is ever in memory. */
export interface JoinFile {
  /** Adds a segment's media (moof + mdat …) behind what is there. */
  append(media: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  /** Frames of the segment that was added last, fragment by fragment, in decode order. Throws OUTPUT_DAMAGED. */
  frames(): AsyncGenerator<Frame[]>;
  /** Takes the segment away again that was added last. */
  takeBack(): Promise<void>;
  /** Lets the last frame of that segment last until `endTicks`: see `setMediaEnd`. */
  setEnd(endTicks: number): Promise<void>;
  close(): Promise<void>;
}

/** Begins a file with an init; close it. */
export async function openJoinFile(path: string, init: Uint8Array): Promise<JoinFile> {
  const track = readTrack(init);
  const file = await open(path, 'w+');
  let end = await write(file, init, 0);
  let segmentStart = end;

  return {
    async append(media, signal) {
      segmentStart = end;
      for await (const chunk of media) {
        signal.throwIfAborted();
        end = await write(file, chunk, end);
      }
    },
    frames: () => scanFrames(track, { start: segmentStart, end }, rangesOf(file)),
    async takeBack() {
      await file.truncate(segmentStart);
      end = segmentStart;
    },
    async setEnd(endTicks) {
      let last: number | null = null;
      for await (const box of scanBoxes(end, rangesOf(file), segmentStart)) if (box.type === 'moof') last = box.start;
      if (last === null) throw damaged('a segment has no moof');
      const fragment = await rangesOf(file)(last, end);
      end = await write(file, setMediaEnd(init, fragment, endTicks), last);
      await file.truncate(end);
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
