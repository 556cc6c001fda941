import type { Ffmpeg } from '../ffmpeg/run-ffmpeg.ts';
import type { Logger } from '../log.ts';
import type { Packager } from '../packaging/run-packager.ts';
import type { EncodePlan } from '../plan/encode-plan.ts';
import type { Policy, VideoPolicy } from '../plan/policy.ts';
import type { Probe } from '../plan/probe.ts';
import type { TaskSpec } from '../plan/task-specs.ts';
import type { Warning } from '../plan/warnings.ts';
import type { ArtefactStorage } from '../storage/storage.ts';

/** Names one task of one run. */
export interface TaskRef {
  videoId: string;
  runId: string;
  /** `<step>[.<part>]` */
  name: string;
}

/** A task in hand: whoever holds the highest fence may commit it. */
export interface TakenTask extends TaskRef {
  id: string;
  fence: number;
  /** Its artefacts are committed already (by an earlier delivery, or taken over from an earlier run): nothing to do. */
  committed: boolean;
}

/** A stored object, as the row that makes it visible. */
export interface Artefact {
  kind: 'index' | 'remux' | 'segment' | 'init' | 'audio' | 'output';
  /** `h264/720p`, `audio/aac_128k` */
  rendition: string | null;
  segmentIndex: number | null;
  key: string;
  /** bytes */
  size: number;
  /** hex */
  sha256: string;
  /** What a later step must know; parsed again by the reader. */
  facts: Record<string, unknown>;
}

export interface Tasks {
  /**
   * Takes a task: raises its fence, so that whoever held it before can no longer commit. Looks for a committed task of
   * the same fingerprint in an earlier run first, and takes its artefacts over. Notes a death where the holder before
   * neither committed, failed nor gave it back. Rejects with TASK_POISONED after 5 deaths that the other tasks of those
   * workers have survived (they are committed since), after 10 where it was its worker's only task, or after 20 that took
   * others along which are not done yet: that is likely a machine's death. What another task was given up for counts for
   * nobody, and so do up to 4 deaths of any kind.
   */
  take(ref: TaskRef): Promise<TakenTask>;
  /** Commits by one fenced update. Rejects with FENCE_LOST; with ENCODE_INIT_MISMATCH where `facts.initSha256` differs
   *  from that of the rendition's committed segments. */
  commit(task: TakenTask, artefacts: Artefact[]): Promise<void>;
  /** Commits the probe, and writes what was found on its run and its video, in one transaction. */
  commitProbe(task: TakenTask, artefacts: Artefact[], probe: Probe): Promise<void>;
  /** Saves the plan and a row for each of its tasks (taking over what earlier runs committed); again: no-op. Fenced. */
  savePlan(task: TakenTask, plan: EncodePlan, specs: TaskSpec[]): Promise<void>;
  /** Commits finalize, the run and the video (`ready`) and its outbox entry, in one transaction. */
  commitReady(task: TakenTask, outputs: FinishedVideo): Promise<void>;
  /** 0 to 1; kept in memory and written for all tasks of the process at most every 2 s. */
  progress(task: TakenTask, fraction: number): void;
  /** Names of the run's tasks that are not committed. */
  missing(runId: string): Promise<string[]>;
}

export interface FinishedVideo {
  hlsKey: string;
  dashKey: string;
  /** Null of sound alone. */
  posterKey: string | null;
  thumbnailsKey: string | null;
  /** What came out while it was made: behind those of the probe and the plan in the report. */
  warnings: Warning[];
}

export interface Runs {
  /** The committed probe of a run; rejects where there is none. */
  probe(runId: string): Promise<Probe>;
  /** The saved plan of a run; rejects where there is none. */
  plan(runId: string): Promise<EncodePlan>;
  /** Whether the probe of this run decodes all of the picture, because packets have turned out not to tell what can be shown. */
  decodesIndex(runId: string): Promise<boolean>;
  /**
   * Supersedes the run of a task in hand by a new one whose probe decodes all of the picture, in one transaction with its outbox entry; what is
   * committed for the same fingerprint is taken over. Gives the new run's id, null where this run's probe did so already. Rejects with
   * FENCE_LOST, and with RUN_SUPERSEDED where another task was first.
   */
  decodeAnew(task: TakenTask, reason: string): Promise<string | null>;
  /** Committed artefacts of the run, by kind, then by rendition and segment. */
  artefacts(runId: string, kind: Artefact['kind']): Promise<Artefact[]>;
}

export interface SourceVideo {
  id: string;
  originalKey: string;
  filename: string;
  /** Its own, as it was when the video was made. Null: the one that the machine has for all. */
  policy: VideoPolicy | null;
}

export interface Videos {
  source(videoId: string): Promise<SourceVideo>;
  /** Moves the video forward to a state, if the run is its current one and the state is not behind; never backward. */
  advance(ref: { videoId: string; runId: string }, state: 'probing' | 'transcoding' | 'packaging'): Promise<void>;
}

/** Local files of stored objects: one copy a machine, however many jobs read it. */
export interface Sources {
  local(key: string, options: { signal: AbortSignal }): Promise<string>;
}

/** The queue, as far as a job may touch it. */
export interface Tree {
  /** Adds the jobs of the plan's uncommitted tasks as siblings; those that exist are skipped. */
  fanOut(ref: { videoId: string; runId: string }, plan: EncodePlan): Promise<void>;
}

export interface InputLimits {
  maxSidePixels: number;
  maxPixels: number;
  maxDurationSeconds: number;
  maxStreams: number;
}

/** The ports of a job: wired once in a worker's `main.ts`, replaced piecewise in tests. */
export interface JobServices {
  tasks: Tasks;
  runs: Runs;
  videos: Videos;
  storage: ArtefactStorage;
  sources: Sources;
  ffmpeg: Ffmpeg;
  packager: Packager;
  tree: Tree;
  /** What the operator decides, and what is made of a video that has no policy of its own. */
  policy: Policy;
  limits: InputLimits;
  log: Logger;
}
