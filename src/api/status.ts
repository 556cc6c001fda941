import type { TaskRow, VideoRow } from '../database/database.ts';
import type { StatusBody, StepState, TranscodeProgress } from './video-answers.ts';

type StatusVideo = Pick<VideoRow, 'id' | 'status' | 'startedAt' | 'runId'>;

/**
 * The status of a video from its row and the tasks of its current run. Pure. `shownBefore` is what was last answered:
 * a new run, whose plan is not made yet, does not take a user's progress back.
 */
export function videoStatus(
  video: StatusVideo,
  tasks: TaskRow[],
  now: Date,
  shownBefore: TranscodeProgress | null = null,
): StatusBody {
  const step = (type: TaskRow['type']) =>
    stepState(
      tasks.filter((task) => task.type === type),
      video,
      tasks,
    );
  const transcode = transcodeProgress(tasks, video.status === 'ready');
  return {
    video_id: video.id,
    status: video.status,
    pipeline_progress: {
      probe: step('probe'),
      split: step('split'),
      transcode: shownBefore && shownBefore.percent > transcode.percent ? shownBefore : transcode,
      package: step('package'),
      thumbnails: step('thumbnail'),
      // Steps that this version does not have.
      moderation: 'skipped',
      drm: 'skipped',
    },
    estimated_completion: estimatedCompletion(video, tasks, now)?.toISOString() ?? null,
    started_at: video.startedAt?.toISOString() ?? null,
  };
}

/** Counts committed tasks only: a try that fails half-way has shown nothing that must be taken back. */
function transcodeProgress(tasks: TaskRow[], ready: boolean): TranscodeProgress {
  const encodes = tasks.filter((task) => task.type === 'transcode');
  const completed = encodes.filter((task) => task.status === 'completed').length;
  const total = encodes.length;
  if (ready) return { completed, total, percent: 100 };
  const done = total > 0 ? completed / total : soundDone(tasks);
  return { completed, total, percent: Math.min(99, Math.floor(100 * done)) };
}

/** Of sound alone the one task that makes all of it, 0 to 1. While a plan is written its encodes are there before its sound. */
function soundDone(tasks: TaskRow[]): number {
  const audio = tasks.find(({ type }) => type === 'audio');
  if (!audio || !isPlanned(tasks)) return 0;
  return audio.status === 'completed' ? 1 : audio.progress;
}

const isPlanned = (tasks: TaskRow[]) => tasks.some(({ type, status }) => type === 'split' && status === 'completed');

function stepState(ofStep: TaskRow[], video: StatusVideo, all: TaskRow[]): StepState {
  const has = (...states: TaskRow['status'][]) => ofStep.some((task) => states.includes(task.status));
  if (ofStep.length === 0) {
    // Either the plan has no such step, or the video ended before it had a run.
    return isPlanned(all) || (!video.runId && isOver(video)) ? 'skipped' : 'pending';
  }
  if (has('failed')) return 'failed';
  if (has('running', 'retrying')) return 'running';
  if (!has('pending')) return 'completed';
  return has('completed') ? 'running' : 'pending';
}

const isOver = ({ status }: StatusVideo) => ['ready', 'failed', 'removed', 'cancelled', 'expired'].includes(status);

/** Shares of a run's time, roughly: the estimate needs no better, encoding is nearly all of it. */
const shares: Record<TaskRow['type'], number> = {
  probe: 0.02,
  split: 0.01,
  transcode: 0.87,
  audio: 0.03,
  thumbnail: 0.02,
  package: 0.03,
  finalize: 0.02,
};
/** Sound alone: measuring and encoding it is nearly all. */
const sharesOfSound: Record<TaskRow['type'], number> = { ...shares, transcode: 0, audio: 0.9 };
/** Below this much done, the rate says nothing yet. */
const leastKnown = 0.05;

/** When the run ends if it goes on as fast as it went so far. Null before the plan is known, and at the end. */
function estimatedCompletion(video: StatusVideo, tasks: TaskRow[], now: Date): Date | null {
  const hasPictures = tasks.some((task) => task.type === 'transcode');
  if (!video.startedAt || !(hasPictures || isPlanned(tasks)) || isOver(video)) return null;
  let done = 0;
  let present = 0;
  for (const [type, share] of Object.entries(hasPictures ? shares : sharesOfSound)) {
    const ofType = tasks.filter((task) => task.type === type);
    if (ofType.length === 0) continue;
    const sum = ofType.reduce((total, task) => total + (task.status === 'completed' ? 1 : task.progress), 0);
    present += share;
    done += (share * sum) / ofType.length;
  }
  const fraction = Math.min(1, done / present);
  const elapsedMs = now.getTime() - video.startedAt.getTime();
  if (fraction < leastKnown || elapsedMs <= 0) return null;
  return new Date(now.getTime() + (elapsedMs * (1 - fraction)) / fraction);
}
