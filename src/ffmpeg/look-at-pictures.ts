import { stat } from 'node:fs/promises';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { decodeEffort, headerEffort } from '../plan/effort.ts';
import type { SourceIndex } from '../plan/source-index.ts';
import { toSeconds } from '../plan/ticks.ts';
import { alphaArgs, holdsAlpha, isClear } from './detect-alpha.ts';
import { headerScan, type JudgedScan, judgeScan, mustLook } from './detect-scan.ts';
import { idetArgs, parseIdet } from './idet.ts';
import type { InputFile } from './input-args.ts';
import { type LookedSpan, lookedSpans } from './looked-spans.ts';
import type { IndexedSource } from './open-source.ts';
import { type Frame, parseFirstFrame } from './parse-frame.ts';
import { firstFrameArgs } from './probe-args.ts';
import type { Ffmpeg } from './run-ffmpeg.ts';

/** What decoded pictures tell, beside what the header says. */
export interface SeenPictures extends JudgedScan {
  /** The first one; null where it cannot be decoded. */
  frame: Frame | null;
  /** False where its pictures have room for transparency and are transparent all over: nobody filled it in. */
  alphaUsed: boolean;
}

/**
 * Decodes the first picture of a source, and some hundred more where its header leaves open whether they are interlaced, or transparent. What
 * cannot be decoded is not refused here: the encodes count their frames.
 */
export async function lookAtPictures(
  ffmpeg: Ffmpeg,
  { input, video, index }: Pick<IndexedSource, 'input' | 'video' | 'index'>,
  { fieldOrder, signal }: { fieldOrder: string; signal: AbortSignal },
): Promise<SeenPictures> {
  const first = await unlessDamaged(ffmpeg.probe(firstFrameArgs(input, video.index), { signal, effort: headerEffort }));
  const frame = first && parseFirstFrame(first.stdout);

  const { width, height, pix_fmt } = frame ?? video;
  const { size: bytes } = await stat(input.path);
  const look = async (args: (input: InputFile, streamIndex: number, span: LookedSpan) => string[]) => {
    const logs: string[] = [];
    for (const span of lookedSpans({ pictures: index.presented.length, seconds: secondsOf(index), width, height })) {
      const effort = { ...decodeEffort({ width, height, frames: span.pictures, bytes }), sign: 'frame' } as const;
      const looked = await unlessDamaged(ffmpeg.run(args(input, video.index, span), { signal, effort }));
      if (looked) logs.push(looked.log);
    }
    return logs;
  };

  const header = headerScan(fieldOrder, frame);
  const judged = mustLook(video.codec_name, header)
    ? judgeScan(header, parseIdet(await look(idetArgs)))
    : { scan: 'progressive' as const, telecine: false };
  const alphaUsed = !holdsAlpha(pix_fmt) || !isClear(await look(alphaArgs));
  return { frame, alphaUsed, ...judged };
}

const secondsOf = ({ presented: [first = 0], end, timeBase }: SourceIndex): number => toSeconds(end - first, timeBase);

/** Null where the tool gives up on the file; a signal, a stall and a missing tool are no news of the file. */
async function unlessDamaged<Result>(running: Promise<Result>): Promise<Result | null> {
  try {
    return await running;
  } catch (thrown) {
    if (thrown instanceof CatalogueError && thrown.code === 'PROCESS_FAILED' && thrown.facts.exitCode !== null)
      return null;
    throw thrown;
  }
}
