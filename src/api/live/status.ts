import type { VideoRow } from '../../database/database.ts';
import type { TaskCount, VideoWork } from '../../database/read-progress.ts';
import { isFinal } from '../../database/video-state.ts';
import type { StatusBody, StepState, TranscodeProgress } from '../videos/video-answers.ts';
import { type Representation, weakTag } from './conditional.ts';
import type { LiveState } from './live-videos.ts';

/** The status of a video at a moment, and the tag of all in it but the estimate, which moves with the clock. Pure. */
export function statusOf({ video, work }: Pick<LiveState, 'video' | 'work'>, now: Date): StatusRepresentation {
  const body = videoStatus(video, work, now);
  return { body, etag: weakTag({ ...body, estimated_completion: null }) };
}

export interface StatusRepresentation extends Representation {
  body: StatusBody;
}

type StatusVideo = Pick<VideoRow, 'id' | 'status' | 'startedAt' | 'runId'>;

/**
 * The status of a video from its row and what its runs have done. Pure, and of rows alone: each process of the API says the same. A run that
 * took the place of another, and whose plan is not made yet, does not take a user's progress back.
 */
export function videoStatus(video: StatusVideo, { current, earlier }: VideoWork, now: Date): StatusBody {
  const step = (type: TaskCount['type']) =>
    stepState(
      current.filter((tasks) => tasks.type === type),
      video,
      current,
    );
  return {
    video_id: video.id,
    status: video.status,
    pipeline_progress: {
      probe: step('probe'),
      split: step('split'),
      transcode: shownProgress(video, current, earlier),
      package: step('package'),
      thumbnails: step('thumbnail'),
      // Steps that this version does not have.
      moderation: 'skipped',
      drm: 'skipped',
    },
    estimated_completion: estimatedCompletion(video, current, now)?.toISOString() ?? null,
    started_at: video.startedAt?.toISOString() ?? null,
  };
}

/** That of the current run, or of the one before it that came further. */
function shownProgress(video: StatusVideo, current: TaskCount[], earlier: TaskCount[][]): TranscodeProgress {
  return earlier
    .map((tasks) => transcodeProgress(tasks, false))
    .reduce(
      (best, progress) => (progress.percent > best.percent ? progress : best),
      transcodeProgress(current, wasReady(video, current)),
    );
}

/** Whether it is ready, or was until it was removed: finalize is what made it so. */
const wasReady = ({ status }: StatusVideo, tasks: TaskCount[]): boolean =>
  status === 'ready' ||
  (status === 'removed' && tasks.some((task) => task.type === 'finalize' && task.status === 'completed'));

/** Counts committed tasks only: a try that fails half-way has shown nothing that must be taken back. */
function transcodeProgress(tasks: TaskCount[], ready: boolean): TranscodeProgress {
  const encodes = tasks.filter(({ type }) => type === 'transcode');
  const completed = countOf(encodes.filter(({ status }) => status === 'completed'));
  const total = countOf(encodes);
  if (ready) return { completed, total, percent: 100 };
  const done = total > 0 ? completed / total : soundDone(tasks);
  return { completed, total, percent: Math.min(99, Math.floor(100 * done)) };
}

const countOf = (tasks: TaskCount[]): number => tasks.reduce((sum, { count }) => sum + count, 0);

/** What tasks have done of what they are to do, as a number of tasks. */
const doneOf = (tasks: TaskCount[]): number =>
  tasks.reduce((sum, { status, count, progress }) => sum + (status === 'completed' ? count : progress), 0);

/** Of sound alone the tasks that make all of it, 0 to 1. While a plan is written its encodes are there before its sound. */
function soundDone(tasks: TaskCount[]): number {
  const audio = tasks.filter(({ type }) => type === 'audio');
  return audio.length > 0 && isPlanned(tasks) ? doneOf(audio) / countOf(audio) : 0;
}

const isPlanned = (tasks: TaskCount[]) => tasks.some(({ type, status }) => type === 'split' && status === 'completed');

function stepState(ofStep: TaskCount[], video: StatusVideo, all: TaskCount[]): StepState {
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

/** Shares of a run's time, roughly: the estimate needs no better, encoding is nearly all of it. */
const shares: Record<TaskCount['type'], number> = {
  probe: 0.02,
  split: 0.01,
  transcode: 0.87,
  audio: 0.03,
  thumbnail: 0.02,
  package: 0.03,
  finalize: 0.02,
};
/** Sound alone: measuring and encoding it is nearly all. */
const sharesOfSound: Record<TaskCount['type'], number> = { ...shares, transcode: 0, audio: 0.9 };
/** Below this much done, the rate says nothing yet. */
const leastKnown = 0.05;

/** When the run ends if it goes on as fast as it went so far. Null before the plan is known, and at the end. */
function estimatedCompletion(video: StatusVideo, tasks: TaskCount[], now: Date): Date | null {
  const hasPictures = tasks.some(({ type }) => type === 'transcode');
  if (!video.startedAt || !(hasPictures || isPlanned(tasks)) || isFinal(video.status)) return null;
  let done = 0;
  let present = 0;
  for (const [type, share] of Object.entries(hasPictures ? shares : sharesOfSound)) {
    const ofType = tasks.filter((task) => task.type === type);
    if (ofType.length === 0) continue;
    present += share;
    done += (share * doneOf(ofType)) / countOf(ofType);
  }
  const fraction = Math.min(1, done / present);
  const elapsedMs = now.getTime() - video.startedAt.getTime();
  if (fraction < leastKnown || elapsedMs <= 0) return null;
  return new Date(now.getTime() + (elapsedMs * (1 - fraction)) / fraction);
}
