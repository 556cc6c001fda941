import type { Runs, Tasks, Videos } from '../jobs/services.ts';
import type { KeptPolicy } from '../plan/read-policy.ts';
import type { TaskSpec, TaskType } from '../plan/task-specs.ts';
import type { Warning } from '../plan/warnings.ts';
import type { ApiKeys } from './api-keys.ts';
import type { Control } from './control.ts';
import type { VideoEvents } from './events.ts';
import type { IdempotentRequests } from './idempotency.ts';
import type { Ingest } from './ingest.ts';
import type { Library, VideoFilter, VideoPlace } from './library.ts';
import type { PlaybackRules } from './playback.ts';
import type { Presets } from './presets.ts';
import type { Priority } from './priorities.ts';
import type { RateLimits } from './rate-limits.ts';
import type { VideoWork } from './read-progress.ts';
import type { TaskStatus } from './task-statuses.ts';
import type { VideoStatus } from './video-state.ts';

export type { CreatorPlan } from './creator-plans.ts';
export type { Priority } from './priorities.ts';

export interface VideoRow {
  id: string;
  creatorId: string;
  title: string;
  filename: string;
  contentType: string;
  originalKey: string;
  originalEtag: string | null;
  uploadId: string | null;
  /** bytes */
  partSize: number;
  fileSize: number;
  format: string | null;
  durationSeconds: number | null;
  width: number | null;
  height: number | null;
  codec: string | null;
  /** kbit/s */
  bitrate: number | null;
  status: VideoStatus;
  preset: string;
  /** Whether URLs of its media must be signed. */
  playback: 'public' | 'signed';
  priority: Priority;
  runId: string | null;
  hlsKey: string | null;
  dashKey: string | null;
  posterKey: string | null;
  thumbnailsKey: string | null;
  warnings: Warning[];
  errorCode: string | null;
  errorDetail: string | null;
  createdAt: Date;
  uploadedAt: Date | null;
  startedAt: Date | null;
  completedAt: Date | null;
}

export interface TaskRow {
  name: string;
  type: TaskType;
  status: TaskStatus;
  /** 0 to 1 */
  progress: number;
  errorCode: string | null;
  errorDetail: string | null;
}

export interface OpenRun {
  videoId: string;
  runId: string;
  creatorId: string;
  priority: Priority;
  /** True where an outbox entry of it waits to be sent: the queue need not know it yet. */
  waitsInOutbox: boolean;
  openTasks: { name: string; status: TaskStatus }[];
}

export interface OutboxEntry {
  id: string;
  /**
   * `run.submit`: put the run's tree into the queue. `run.cancel`: take it out. `run.prioritise`: give its jobs the priority of its video.
   * `upload.abort`: storage forgets what has arrived. `video.ready`, `video.failed`: for later subscribers.
   */
  topic: 'run.submit' | 'run.cancel' | 'run.prioritise' | 'upload.abort' | 'video.ready' | 'video.failed';
  videoId: string;
  payload: { runId: string };
}

/** How many of each; what there is none of is left out. */
export interface Counts {
  videos: { status: VideoStatus; count: number }[];
  /** Of open runs. */
  tasks: { status: TaskStatus; count: number }[];
  /** Failed videos, by the code of their error. */
  failed: { code: string; count: number }[];
}

/** Everything that is kept in Postgres. Nothing outside src/database/ writes SQL. */
export interface Database {
  /** The ports that jobs see. `workerId` is written on the tasks that this process takes. */
  jobPorts(workerId: string): { tasks: Tasks; runs: Runs; videos: Videos; flush(): Promise<void> };

  videos: {
    /** Gives the video as it is where there is one of this id already: ids come from seeds, and a request may be executed again. */
    create(
      video: Pick<
        VideoRow,
        | 'id'
        | 'creatorId'
        | 'title'
        | 'filename'
        | 'contentType'
        | 'originalKey'
        | 'uploadId'
        | 'partSize'
        | 'fileSize'
        | 'priority'
        | 'preset'
      > & {
        /** Fetched from there, at once: nobody uploads it. */
        sourceUrl?: string;
        /** Kept with it as it is. Default: the one that comes with the product. */
        policy?: KeptPolicy;
      },
    ): Promise<VideoRow>;
    find(id: string): Promise<VideoRow | null>;
    /** Newest first; those behind a place, at most `most`. Reads an index, and no more of it than the page. */
    list(filter: VideoFilter, page: { behind: VideoPlace | null; most: number }): Promise<VideoRow[]>;
    tasks(runId: string): Promise<TaskRow[]>;
    /** awaiting_upload -> uploaded, with its first run, the skeleton's task rows and the outbox entry, in one transaction.
     *  False where the video was not awaiting its upload any more. */
    uploaded(id: string, original: { etag: string; bytes: number }): Promise<boolean>;
    /** awaiting_upload -> failed (what arrived is not what was declared). False where the video was not awaiting its upload any more:
     *  an upload that was accepted is never refused afterwards. */
    refuseUpload(id: string, reason: { code: string; detail: string }): Promise<boolean>;
    /** awaiting_upload -> cancelled (upload aborted by its user). False where it was not awaiting any more. */
    cancelUpload(id: string): Promise<boolean>;
  };

  runs: {
    /** Open runs of videos that are not final, for the reconciler. */
    open(): Promise<OpenRun[]>;
    submitted(runId: string): Promise<void>;
    /** Supersedes a run by a new one with the skeleton's rows and an outbox entry, in one transaction; tasks of equal fingerprint are taken
     *  over. Null where the run is not its video's open run any more (somebody else was first). */
    rebuild(runId: string, reason: string): Promise<string | null>;
    /** Takes a failed run up again, for the retry of a failed job of its task `name`: run open, its failed tasks to be done again, the video
     *  back at work. True where this call did it, false where the run is open already. Rejects with RUN_SUPERSEDED where the run is not its
     *  video's current one or has ended otherwise, with NOT_FOUND where there is no such run or task. */
    reopen(task: { runId: string; name: string }): Promise<boolean>;
    /** What the queue needs to order a run's jobs. Rejects where there is none. */
    ordering(
      runId: string,
    ): Promise<{ videoId: string; priority: Priority /** open encode tasks of the same creator */; backlog: number }>;
    /** For the handler's first question: false where the run is superseded or its video final. */
    isCurrent(runId: string): Promise<boolean>;
  };

  tasks: {
    /** The delivery ended in an error and will be tried again. */
    retrying(ref: { runId: string; name: string }, error: { code: string; detail: string }): Promise<void>;
    /** A service is away since then, and the delivery comes again after a pause, as often as it takes: as `retrying`, and no retry is counted. */
    waiting(ref: { runId: string; name: string }, error: { code: string; detail: string }, since: Date): Promise<void>;
    /** Given back untouched (shutdown): no death is counted at the next take. */
    released(ref: { runId: string; name: string }): Promise<void>;
    /** The task has failed for good: written on task, run and video, with a `video.failed` outbox entry. No-op where the run is superseded. */
    failed(ref: { runId: string; name: string }, error: { code: string; detail: string }): Promise<void>;
  };

  outbox: {
    /** Sends entries, oldest first, each marked in the transaction that locks it (SKIP LOCKED); a rejection is kept on the entry, and it is tried
     *  again later. Gives how many were sent. */
    send(deliver: (entry: OutboxEntry) => Promise<void>, most: number): Promise<number>;
    /** Calls back when a transaction has added an entry (LISTEN). A hint: poll as well. */
    listen(onEntry: () => void): Promise<{ close(): Promise<void> }>;
  };

  events: VideoEvents;

  control: Control;

  /** How far the runs of a video are, in numbers. */
  work(videoId: string): Promise<VideoWork>;

  ingest: Ingest;

  /** Requests with an Idempotency-Key. */
  idempotency: IdempotentRequests;
  /** Counters that all API processes share. */
  rateLimits: RateLimits;

  playback: PlaybackRules;

  presets: Presets;

  workers: {
    heartbeat(worker: {
      id: string;
      fleet: string;
      host: string;
      pid: number;
      queues: string[];
      slots: number;
      currentTask: string | null;
      /** What confines its tools (`SandboxLevel`). */
      sandbox: string;
    }): Promise<void>;
    stopped(id: string): Promise<void>;
    /** How many live: heard of within the last 15 s, and not stopped. `sandbox` is `unknown` of one that does not say. */
    live(): Promise<{ fleet: string; sandbox: string; count: number }[]>;
  };

  library: Library;

  /** What there is, by its state. Reads indexes, and of the tasks those of open runs only: their number does not grow with time. */
  counts(): Promise<Counts>;

  keys: ApiKeys;

  /** Holds a session-level advisory lock while `work` runs; gives false at once where another process has it. */
  exclusively(lock: 'reconcile', work: () => Promise<void>): Promise<boolean>;
  /** Rejects with CONFIG_INVALID where a migration of this version is not applied; one of a newer version does no harm. */
  requireMigrated(): Promise<void>;
  /** Rejects with SERVICE_UNAVAILABLE where Postgres does not answer in time. */
  ping(timeoutMs: number): Promise<void>;
  close(): Promise<void>;
}

export type { TaskSpec };
