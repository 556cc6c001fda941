import type { VideoRow } from '../../database/database.ts';
import type { TaskCount, VideoWork } from '../../database/read-progress.ts';
import { isFinal } from '../../database/video-state.ts';
import { userError } from '../../errors/catalogue-error.ts';
import type { StatusBody, StepState, TranscodeProgress } from '../videos/video-answers.ts';
import { type Representation, weakTag } from './conditional.ts';
import { estimatedCompletion } from './estimate.ts';
import type { LiveState } from './live-videos.ts';
import { countOf, encodesDone, isPlanned, workDone } from './progress.ts';
import { waitingOf } from './waiting.ts';

/** The status of a video at a moment, and the tag of all in it but the estimate, which moves with the clock. Pure. */
export function statusOf({ video, work }: Pick<LiveState, 'video' | 'work'>, now: Date): StatusRepresentation {
  const body = videoStatus(video, work, now);
  return { body, etag: weakTag({ ...body, estimated_completion: null }) };
}

export interface StatusRepresentation extends Representation {
  body: StatusBody;
}

type StatusVideo = Pick<VideoRow, 'id' | 'status' | 'startedAt' | 'runId' | 'errorCode' | 'errorDetail'>;

/**
 * The status of a video from its row and what its runs have done. Pure, and of rows alone: each process of the API says the same. A run that
 * took the place of another, and whose plan is not made yet, does not take a user's progress back.
 */
export function videoStatus(video: StatusVideo, work: VideoWork, now: Date): StatusBody {
  const { current } = work;
  const waiting = isFinal(video.status) ? null : waitingOf(current);
  const step = (type: TaskCount['type']) => stepState(current, type, video);
  const lastingStep = (type: LastingStep) => shownStep(work, type, video);
  return {
    video_id: video.id,
    status: video.status,
    pipeline_progress: {
      percent: shownPercent(video, work),
      probe: lastingStep('probe'),
      split: lastingStep('split'),
      transcode: shownProgress(video, work),
      package: step('package'),
      thumbnails: lastingStep('thumbnail'),
      // Steps that this version does not have.
      moderation: 'skipped',
      drm: 'skipped',
    },
    // While all waits, nobody knows.
    estimated_completion: (waiting ? null : estimatedCompletion(video, current, now))?.toISOString() ?? null,
    waiting: waiting && { code: waiting.code, since: waiting.since.toISOString() },
    // One body for all who follow: what only operators are told is not in it.
    error: video.errorCode ? userError(video.errorCode, video.errorDetail ?? '') : null,
    started_at: video.startedAt?.toISOString() ?? null,
  };
}

/** How far the video is as a whole: by the run that came furthest. */
function shownPercent(video: StatusVideo, { current, earlier }: VideoWork): number {
  if (wasReady(video, current)) return 100;
  return percentOf(Math.max(...[current, ...earlier].map(workDone)));
}

/** That of the current run, or of the one before it that came further. */
function shownProgress(video: StatusVideo, { current, earlier }: VideoWork): TranscodeProgress {
  const now = transcodeProgress(current);
  if (wasReady(video, current)) return { ...now, percent: 100 };
  return earlier
    .map(transcodeProgress)
    .reduce((best, progress) => (progress.percent > best.percent ? progress : best), now);
}

/** Whether it is ready, or was until it was removed: finalize is what made it so. */
const wasReady = ({ status }: StatusVideo, tasks: TaskCount[]): boolean =>
  status === 'ready' ||
  (status === 'removed' && tasks.some((task) => task.type === 'finalize' && task.status === 'completed'));

function transcodeProgress(tasks: TaskCount[]): TranscodeProgress {
  const encodes = tasks.filter(({ type }) => type === 'transcode');
  return {
    completed: countOf(encodes.filter(({ status }) => status === 'completed')),
    total: countOf(encodes),
    percent: percentOf(encodesDone(tasks)),
  };
}

/** Rounded down, where floats allow it; whole is only what is ready. */
const percentOf = (fraction: number): number => Math.min(99, Math.floor(100 * fraction + 1e-9));

/** The steps that no run does over where an earlier one has done them, or does over in a moment: not so `package`, which each run makes. */
type LastingStep = 'probe' | 'split' | 'thumbnail';

/** That of the current run; while its plan is not made, what an earlier one has behind it stays so. */
function shownStep({ current, earlier }: VideoWork, type: LastingStep, video: StatusVideo): StepState {
  const now = stepState(current, type, video);
  if (isPlanned(current) || now === 'failed') return now;
  const before = earlier.map((tasks) => stepState(tasks, type, video));
  return (['completed', 'skipped'] as const).find((state) => before.includes(state)) ?? now;
}

function stepState(all: TaskCount[], type: TaskCount['type'], video: StatusVideo): StepState {
  const ofStep = all.filter((tasks) => tasks.type === type);
  const has = (...states: TaskCount['status'][]) => ofStep.some((tasks) => states.includes(tasks.status));
  if (ofStep.length === 0) {
    // Either the plan has no such step, or the video ended before it had a run.
    return isPlanned(all) || (!video.runId && isFinal(video.status)) ? 'skipped' : 'pending';
  }
  if (has('failed')) return 'failed';
  if (has('running', 'retrying')) return 'running';
  if (!has('pending')) return 'completed';
  return has('completed') ? 'running' : 'pending';
}
