import type { MadeRendition, Planned } from './library-renditions.ts';
import type { PlaybackRule } from './playback.ts';
import type { TaskStatus } from './task-statuses.ts';
import type { VideoStatus } from './video-state.ts';

/** Every type that a row may have: those of this version's steps, and those that later ones add. */
export const storedTaskTypes = [
  'probe',
  'split',
  'transcode',
  'audio',
  'thumbnail',
  'package',
  'finalize',
  'moderation',
  'drm',
  'subtitle',
] as const;
export type StoredTaskType = (typeof storedTaskTypes)[number];

export const runStatuses = ['open', 'completed', 'failed', 'superseded', 'cancelled'] as const;

/** Which videos are listed. */
export interface VideoFilter {
  /** Null: everybody's. */
  creatorId: string | null;
  /** Null: all but those that were removed. */
  states: readonly VideoStatus[] | null;
  /** Made at this time or later. */
  from: Date | null;
  /** Made before this time. */
  before: Date | null;
}

export interface RunRow {
  id: string;
  number: number;
  reason: string;
  status: (typeof runStatuses)[number];
  createdAt: Date;
  finishedAt: Date | null;
}

export interface TaskDetail {
  id: string;
  name: string;
  type: StoredTaskType;
  status: TaskStatus;
  resolution: string | null;
  codec: string | null;
  segmentIndex: number | null;
  /** 0 to 1 */
  progress: number;
  /** How often a worker took it. */
  attempts: number;
  /** How many of those ended in an error and were tried again. */
  retryCount: number;
  workerId: string | null;
  startedAt: Date | null;
  completedAt: Date | null;
  durationMs: number | null;
  errorCode: string | null;
  errorDetail: string | null;
}

/** A task as a piece of queued work: with what became of its run. */
export interface QueuedTask extends TaskDetail {
  runStatus: RunRow['status'];
  /** Why its run failed: of the first task that did. */
  runError: { code: string; detail: string } | null;
}

/** Where a page begins: behind this video, newest first. */
export type VideoPlace = { createdAt: Date; id: string };

/** What its creator may change of a video. */
export interface Changeable {
  title: string;
  playback: PlaybackRule['playback'];
}
/** Null: as it is. */
export type VideoChange = { [Field in keyof Changeable]: Changeable[Field] | null };

/** What a user's app looks through of a video: its runs, their tasks, and what is made. Every list reads an index, and no more than its page. */
export interface Library {
  /** False where there is no such video any more, or it was removed, or is another by now than `from` (null: however it is). */
  change(videoId: string, wanted: VideoChange, from: Changeable | null): Promise<boolean>;
  /** Newest first. */
  runs(videoId: string): Promise<RunRow[]>;
  /** A run of this video by its id or its number; null where it has none. */
  run(videoId: string, idOrNumber: string): Promise<RunRow | null>;
  /** In the order in which they were planned; those behind an id, at most `most`. */
  tasks(
    runId: string,
    filter: { statuses: readonly TaskStatus[] | null; types: readonly StoredTaskType[] | null },
    page: { behind: string | null; most: number },
  ): Promise<TaskDetail[]>;
  task(ref: { videoId: string; runId: string; name: string }): Promise<QueuedTask | null>;
  /** What a run is to make; null until its plan is saved. */
  planned(runId: string): Promise<Planned | null>;
  /** What of it is committed, by rendition. `done`: the run has made its video ready, so it stays as it is and is read once. */
  made(runId: string, options: { done: boolean }): Promise<MadeRendition[]>;
}
