import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CatalogueError } from '../../src/errors/catalogue-error.ts';
import { createFfmpeg, type FfmpegTools } from '../../src/ffmpeg/run-ffmpeg.ts';
import { newId } from '../../src/ids.ts';
import type { BasePayload, JobContext } from '../../src/jobs/define-job.ts';
import { readStoredIndex } from '../../src/jobs/read-index.ts';
import type {
  Artefact,
  FinishedVideo,
  JobServices,
  Runs,
  SourceVideo,
  Tasks,
  Videos,
} from '../../src/jobs/services.ts';
import { createLog, type Logger } from '../../src/log.ts';
import type { Packager } from '../../src/packaging/run-packager.ts';
import type { EncodePlan } from '../../src/plan/encode-plan.ts';
import { standardPolicy } from '../../src/plan/policy.ts';
import type { Probe } from '../../src/plan/probe.ts';
import type { SourceIndex } from '../../src/plan/source-index.ts';
import type { TaskSpec } from '../../src/plan/task-specs.ts';
import { originalKey } from '../../src/storage/keys.ts';
import { confineTools } from '../../src/workers/confine-tools.ts';
import { testTools } from './clips.ts';
import { folderStorage } from './folder-storage.ts';
import { testSandbox } from './sandbox.ts';

export interface TestContextOptions {
  /** Default: the tools of this machine. */
  tools?: FfmpegTools;
  /** Without it a job that packs is refused. */
  packager?: Packager | Promise<Packager>;
  policy?: JobServices['policy'];
  limits?: Partial<JobServices['limits']>;
  /** Default: silent. */
  log?: Logger;
}

interface RunState {
  videoId: string;
  probe: Probe | null;
  plan: EncodePlan | null;
  specs: TaskSpec[];
  tasks: Map<string, { fence: number; committed: boolean; artefacts: Artefact[] }>;
  fannedOut: number;
  decodeIndex: boolean;
  /** The run that took its place. */
  next: string | null;
}

const afresh = { decodeIndex: false, next: null };

export type TestContext = Awaited<ReturnType<typeof createTestContext>>;

/**
 * Everything that a handler needs, for tests in which the database is not the thing under test: real ffmpeg, real files in a
 * folder, rows in memory with real fences. Close it: it removes its folder.
 */
export async function createTestContext(options: TestContextOptions = {}) {
  const root = await mkdtemp(join(tmpdir(), 'reelmill-job-'));
  await chmod(root, 0o711); // as a worker’s
  const storage = folderStorage(join(root, 'storage'));
  const log = options.log ?? createLog({ level: 'silent', name: 'test' });
  const [tools, sandbox] = await Promise.all([options.tools ?? testTools(), testSandbox()]);
  const ffmpeg = createFfmpeg({ tools, log, stallTimeoutMs: 30_000, sandbox });
  const videos = new Map<string, { source: SourceVideo; state: string; outputs: FinishedVideo | null }>();
  const runs = new Map<string, RunState>();
  await mkdir(join(root, 'storage'));

  const services: JobServices = {
    tasks: memoryTasks(runs, videos),
    runs: memoryRuns(runs),
    videos: memoryVideos(videos),
    storage,
    sources: { local: async (key) => storage.localPath(key) ?? '' },
    ffmpeg,
    packager: (await options.packager) ?? {
      version: 'none',
      run: async () => {
        throw new Error('this test was given no packager');
      },
      within() {
        return this;
      },
    },
    tree: {
      async fanOut({ runId }) {
        found(runs, runId).fannedOut += 1;
      },
    },
    policy: options.policy ?? standardPolicy,
    limits: {
      maxSidePixels: 8192,
      maxPixels: 40_000_000,
      maxDurationSeconds: 43_200,
      maxStreams: 32,
      ...options.limits,
    },
    log,
  };

  return {
    root,
    services,

    /** Stores a local file as the original of a new video, and begins its first run. */
    async addVideo(path: string, filename = path, policy: SourceVideo['policy'] = null): Promise<BasePayload> {
      const videoId = newId('vid');
      const source = { id: videoId, originalKey: originalKey(videoId, filename), filename, policy };
      await storage.putFile(source.originalKey, path, { contentType: 'video/mp4' });
      videos.set(videoId, { source, state: 'uploaded', outputs: null });
      return this.addRun(videoId);
    },

    /** Begins another run of a video. Nothing is taken over: that is the database's part. */
    addRun(videoId: string): BasePayload {
      const runId = newId('run');
      runs.set(runId, { videoId, probe: null, plan: null, specs: [], tasks: new Map(), fannedOut: 0, ...afresh });
      return { videoId, runId };
    },

    /** What a job's `run` takes, its tools confined; its work folder is new and empty. `changes`: services of its own. */
    async context<Payload extends BasePayload>(
      payload: Payload,
      signal: AbortSignal = new AbortController().signal,
      changes: Partial<JobServices> = {},
    ): Promise<JobContext<Payload>> {
      const workDir = await mkdtemp(join(root, 'work-'));
      return { ...confineTools({ ...services, ...changes }, { workDir, memoryBytes: 0 }), payload, workDir, signal };
    },

    /** Committed artefacts of a run. */
    artefacts: (runId: string) => [...found(runs, runId).tasks.values()].flatMap((task) => task.artefacts),
    probe: (runId: string) => found(runs, runId).probe,
    /** The stored index of a probed run. */
    async index(runId: string): Promise<SourceIndex> {
      return readStoredIndex(storage, { indexKey: found(runs, runId).probe?.indexKey ?? '' });
    },
    plan: (runId: string) => found(runs, runId).plan,
    specs: (runId: string) => found(runs, runId).specs,
    /** The run that took the place of this one; null where none did. */
    nextRun: (runId: string) => found(runs, runId).next,
    fannedOut: (runId: string) => found(runs, runId).fannedOut,
    videoState: (videoId: string) => found(videos, videoId).state,
    outputs: (videoId: string) => found(videos, videoId).outputs,
    close: () => rm(root, { recursive: true, force: true }),
  };
}

function found<Value>(map: Map<string, Value>, id: string): Value {
  const value = map.get(id);
  if (value === undefined) throw new CatalogueError('NOT_FOUND', id);
  return value;
}

function memoryTasks(
  runs: Map<string, RunState>,
  videos: Map<string, { state: string; outputs: FinishedVideo | null }>,
): Tasks {
  const rowOf = (ref: { runId: string; name: string }) => {
    const { tasks } = found(runs, ref.runId);
    const row = tasks.get(ref.name) ?? { fence: 0, committed: false, artefacts: [] };
    tasks.set(ref.name, row);
    return row;
  };
  const commit: Tasks['commit'] = async (task, artefacts) => {
    const row = rowOf(task);
    if (row.fence !== task.fence) throw new CatalogueError('FENCE_LOST', task.name);
    refuseOtherInit(
      [...found(runs, task.runId).tasks.values()].flatMap((other) => other.artefacts),
      artefacts,
    );
    Object.assign(row, { committed: true, artefacts });
  };
  return {
    async take(ref) {
      const row = rowOf(ref);
      if (!row.committed) row.fence += 1;
      return { ...ref, id: `${ref.runId}.${ref.name}`, fence: row.fence, committed: row.committed };
    },
    commit,
    async commitProbe(task, artefacts, probe) {
      await commit(task, artefacts);
      found(runs, task.runId).probe = probe;
    },
    async savePlan(task, plan, specs) {
      const row = rowOf(task);
      if (row.fence !== task.fence) throw new CatalogueError('FENCE_LOST', task.name);
      const run = found(runs, task.runId);
      run.plan ??= plan;
      if (run.specs.length === 0) run.specs = specs;
      for (const spec of specs) rowOf({ runId: task.runId, name: spec.name });
    },
    async commitReady(task, outputs) {
      await commit(task, []);
      Object.assign(found(videos, task.videoId), { state: 'ready', outputs });
    },
    progress: () => {},
    missing: async (runId) => [...found(runs, runId).tasks].filter(([, row]) => !row.committed).map(([name]) => name),
  };
}

function refuseOtherInit(committed: Artefact[], artefacts: Artefact[]): void {
  for (const { rendition, facts } of artefacts) {
    const other = committed.find(
      (artefact) => artefact.rendition === rendition && artefact.facts.initSha256 !== undefined,
    );
    if (facts.initSha256 !== undefined && other && other.facts.initSha256 !== facts.initSha256) {
      throw new CatalogueError('ENCODE_INIT_MISMATCH', `${rendition}`);
    }
  }
}

const memoryRuns = (runs: Map<string, RunState>): Runs => ({
  async probe(runId) {
    const { probe } = found(runs, runId);
    if (!probe) throw new CatalogueError('NOT_FOUND', 'no probe');
    return probe;
  },
  async plan(runId) {
    const { plan } = found(runs, runId);
    if (!plan) throw new CatalogueError('NOT_FOUND', 'no plan');
    return plan;
  },
  decodesIndex: async (runId) => found(runs, runId).decodeIndex,
  async decodeAnew({ videoId, runId }) {
    const run = found(runs, runId);
    if (run.next) throw new CatalogueError('RUN_SUPERSEDED', runId);
    if (run.decodeIndex) return null;
    run.next = newId('run');
    const next = { videoId, probe: null, plan: null, specs: [], tasks: new Map(), fannedOut: 0, ...afresh };
    runs.set(run.next, { ...next, decodeIndex: true });
    return run.next;
  },
  artefacts: async (runId, kind) =>
    [...found(runs, runId).tasks.values()]
      .flatMap((task) => task.artefacts)
      .filter((artefact) => artefact.kind === kind)
      .sort(
        (a, b) =>
          (a.rendition ?? '').localeCompare(b.rendition ?? '') || (a.segmentIndex ?? -1) - (b.segmentIndex ?? -1),
      ),
});

const memoryVideos = (videos: Map<string, { source: SourceVideo; state: string }>): Videos => ({
  source: async (videoId) => found(videos, videoId).source,
  async advance({ videoId }, state) {
    const order = ['uploaded', 'probing', 'transcoding', 'packaging', 'ready'];
    const video = found(videos, videoId);
    if (order.indexOf(state) > order.indexOf(video.state)) video.state = state;
  },
});
