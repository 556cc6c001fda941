import { createHash } from 'node:crypto';
import type { EncodePlan, Rung } from './encode-plan.ts';
import { probeVersion } from './probe.ts';

export type TaskType = 'probe' | 'split' | 'transcode' | 'package' | 'thumbnail' | 'audio' | 'finalize';

/** A task of a run, before it has a row. */
export interface TaskSpec {
  /** `<step>[.<part>]`, unique in the run. */
  name: string;
  type: TaskType;
  resolution: string | null;
  codec: string | null;
  segmentIndex: number | null;
  /** Equal where the same bytes would come out: a later run takes over what an earlier one committed. */
  fingerprint: string;
}

/** What a source is, for the question whether two runs read the same bytes. */
export interface SourceIdentity {
  key: string;
  bytes: number;
  etag: string;
}

/**
 * The tasks that every run has from its first moment. `split` and `finalize` are never taken over: they act, not make. `decodeIndex`: a probe
 * that did not decode all of the picture is not taken over either.
 */
export function skeletonTasks(source: SourceIdentity, runId: string, { decodeIndex = false } = {}): TaskSpec[] {
  return [
    task('probe', 'probe', { source, version: probeVersion, ...(decodeIndex ? { decodeIndex } : {}) }),
    task('split', 'split', { source, runId }),
    task('package', 'package', { source, runId }),
    task('finalize', 'finalize', { source, runId }),
  ];
}

/** The tasks that a plan adds. `build` is the version of ffmpeg: another one makes other bytes, so nothing of it is taken over. */
export function planTasks(source: SourceIdentity, plan: EncodePlan, build: string): TaskSpec[] {
  const { demuxer, streamIndex, timeBase, start } = plan.source;
  const encodes = plan.encodeTasks.map((encode) => {
    const segment = plan.segments[encode.segmentIndex];
    const rungs = plan.rungs.filter((rung) => rung.codec === encode.codec && encode.rungs.includes(rung.name));
    return {
      ...task(encode.name, 'transcode', {
        build,
        source,
        segment,
        rungs: rungs.map(fingerprinted),
        picture: plan.picture,
        // Not how long the source is: where a hole is found, the segments that lie beside it are the same.
        video: { demuxer, streamIndex, timeBase, start },
      }),
      resolution: encode.rungs.join(','),
      codec: encode.codec,
      segmentIndex: encode.segmentIndex,
    };
  });
  const audio =
    plan.audio.length > 0 ? [{ ...task('audio', 'audio', { build, source, audio: plan.audio }), codec: 'aac' }] : [];
  const pictures = { build, source, thumbnails: plan.thumbnails, picture: plan.picture, start };
  const thumbnails = plan.thumbnails ? [task('thumbnails', 'thumbnail', pictures)] : [];
  return [...encodes, ...audio, ...thumbnails];
}

/** Capped CRF as plans of version 2 had it: what was made by them is taken over still. */
function fingerprinted({ rateControl, ...rung }: Rung): object {
  if (rateControl.mode !== 'crf') return { ...rung, rateControl };
  const { mode, ...rates } = rateControl;
  return { ...rung, ...rates };
}

function task(name: string, type: TaskType, inputs: unknown): TaskSpec {
  const fingerprint = createHash('sha256').update(JSON.stringify({ name, inputs }, fieldsInOrder)).digest('hex');
  return { name, type, resolution: null, codec: null, segmentIndex: null, fingerprint };
}

/** Equal objects are equal text, in whatever order their fields were written. */
const fieldsInOrder = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
