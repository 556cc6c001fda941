import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { SegmentRung } from '../ffmpeg/encoders/encoder.ts';
import type { EncodePlan, Rung } from '../plan/encode-plan.ts';
import { findEncodeTask } from '../plan/find-encode-task.ts';
import type { JobContext } from './define-job.ts';
import { storeEncoded } from './encoded-rung.ts';
import { makeSegment } from './make-segment.ts';
import type { Artefact, TakenTask } from './services.ts';

/** A segment of a rendition, and the share of the decoder's buffer that it may count on. */
export interface SmallerSegment {
  rung: Rung;
  segmentIndex: number;
  bufferAtStart: number;
}

/** The same frames at the same times, in less. */
export interface RepairedSegment {
  init: Uint8Array;
  media(): AsyncIterable<Uint8Array>;
  /** Stores the media under this attempt's key, and gives its row. */
  store(): Promise<Artefact>;
}

/** Makes a segment again; null where that is not this step's to do. */
export type Repair = (wanted: SmallerSegment) => Promise<RepairedSegment | null>;

/** What a package task may spend on it, estimated CPU-seconds: more than that breaks where content fits no buffer at all. */
const mostCpuSeconds = 1_200;

/**
 * Makes segments again for a package task that would underflow at their seams: by the encode's own arguments and checks, but with
 * less buffer at the start. Only for encoders of this fleet, and only for so long.
 */
export function createRepair(
  context: Pick<
    JobContext<{ runId: string; videoId: string }>,
    'sources' | 'storage' | 'ffmpeg' | 'log' | 'signal' | 'workDir'
  >,
  task: TakenTask,
  plan: EncodePlan,
): Repair {
  const { sources, storage, signal, workDir, log } = context;
  let spent = 0;
  return async ({ rung, segmentIndex, bufferAtStart }) => {
    const encode = plan.encodeTasks.find(
      (planned) =>
        planned.codec === rung.codec && planned.segmentIndex === segmentIndex && planned.rungs.includes(rung.name),
    );
    if (encode?.fleet !== 'cpu' || spent + encode.estimatedCpuSeconds > mostCpuSeconds) return null;
    spent += encode.estimatedCpuSeconds;

    const { runId } = task;
    log.info({ runId, rung: rung.name, segmentIndex, bufferAtStart }, 'segment breaks the buffer: making it smaller');
    const smaller: SegmentRung = { ...rung, bufferAtStart };
    const [made] = await makeSegment(context, {
      ...findEncodeTask(plan, encode.name),
      rungs: [smaller],
      sourcePath: await sources.local(plan.source.key, { signal }),
      outputPath: () => join(workDir, `${rung.codec}-${rung.name}-${segmentIndex}.mp4`),
    });
    if (!made) throw new RangeError('one rung gives one segment');
    return {
      init: made.init,
      media: () => createReadStream(made.path, { start: made.media.start, end: made.media.end - 1 }),
      async store() {
        // A folder of its own for each: the key of an encode says its rung alone.
        const part = { ...task, name: `${task.name}.${rung.codec}.${String(segmentIndex).padStart(4, '0')}` };
        const rows = await storeEncoded(made, { task: part, storage });
        // With the first segment comes an init, whose row its encode has committed.
        const [row] = rows.filter(({ kind }) => kind === 'segment');
        if (!row) throw new RangeError('a segment has a row');
        return { ...row, facts: { ...row.facts, bufferAtStart } };
      },
    };
  };
}
