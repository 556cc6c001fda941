import { CatalogueError, toCatalogueError } from '../../src/errors/catalogue-error.ts';
import { sniffFile } from '../../src/ffmpeg/open-source.ts';
import type { Ffmpeg, FfmpegTools } from '../../src/ffmpeg/run-ffmpeg.ts';
import type { BasePayload } from '../../src/jobs/define-job.ts';
import { encode } from '../../src/jobs/encode.job.ts';
import { probe } from '../../src/jobs/probe.job.ts';
import { split } from '../../src/jobs/split.job.ts';
import type { Logger } from '../../src/log.ts';
import { type Policy, standardPolicy } from '../../src/plan/policy.ts';
import { cappedCrf } from '../../src/plan/rate-control.ts';
import { createTestContext, type TestContext } from '../support/job-context.ts';

/** What became of a file. */
export interface Treated {
  /** How far it came. */
  stage: 'upload' | 'probe' | 'split' | 'encode';
  /** `READY` where its first segment was made, else the code of its refusal. */
  code: string;
  detail: string;
  /** What was thrown and is in no catalogue, with where it came from: a mistake of ours. */
  crash: string | null;
  /** What a user may get to read of it. */
  messages: string[];
}

export interface TreatOptions {
  tools: FfmpegTools;
  log: Logger;
  /** Called whenever something has ended or a frame has come out. */
  onSign: () => void;
}

/** One rung, as small as x264 goes. */
const policy: Policy = { ...standardPolicy, ladder: [{ height: 36, rateControl: cappedCrf(30, 100, 200) }] };

/** A file's way through the check at upload, probe, plan and its first encode task, by the real handlers and tools. Never rejects. */
export async function treatFile(path: string, { tools, log, onSign }: TreatOptions): Promise<Treated> {
  const context = await createTestContext({ tools, policy, log });
  let stage: Treated['stage'] = 'upload';
  let ref: BasePayload | null = null;
  const messages: string[] = [];
  /** Probe, plan and first encode of a run; gives the run that took its place, if any. */
  const begin = async (run: BasePayload): Promise<BasePayload | null> => {
    stage = 'probe';
    await probe.run(await told(context, run, onSign));
    stage = 'split';
    await split.run(await told(context, run, onSign));
    stage = 'encode';
    const [task] = context.plan(run.runId)?.encodeTasks ?? [];
    if (!task) return null;
    try {
      await encode.run(await told(context, { ...run, name: task.name, fleet: task.fleet }, onSign));
      return null;
    } catch (error) {
      const runId = context.nextRun(run.runId);
      if (runId === null) throw error;
      messages.push(...warningsOf(context, run.runId));
      return { ...run, runId };
    }
  };
  try {
    await sniffFile(path, policy);
    onSign();
    ref = await context.addVideo(path);
    const next = await begin(ref);
    if (next) {
      ref = next;
      await begin(ref);
    }
    return { stage, code: 'READY', detail: '', crash: null, messages };
  } catch (thrown) {
    const error = toCatalogueError(thrown);
    log.warn({ stage, err: error }, 'job ended'); // as a worker says it
    const ours = !(thrown instanceof CatalogueError) || thrown.code === 'INTERNAL';
    messages.push(error.detail, error.entry.fix, JSON.stringify(error.facts));
    return { stage, code: error.code, detail: error.detail, crash: ours ? stackOf(thrown) : null, messages };
  } finally {
    if (ref) messages.push(...warningsOf(context, ref.runId));
    await context.close();
  }
}

/** A job's context that tells of every step. */
const told = <Payload extends BasePayload>(context: TestContext, payload: Payload, onSign: () => void) =>
  context.context(payload, new AbortController().signal, {
    tasks: { ...context.services.tasks, progress: onSign },
    ffmpeg: telling(context.services.ffmpeg, onSign),
  });

/** The same tools; tells of each that ends and of each frame. */
const telling = (ffmpeg: Ffmpeg, onSign: () => void): Ffmpeg => ({
  tools: ffmpeg.tools,
  run: (args, options) =>
    ffmpeg
      .run(args, {
        ...options,
        onFrame(frames) {
          onSign();
          options.onFrame?.(frames);
        },
      })
      .finally(onSign),
  probe: (args, options) => ffmpeg.probe(args, options).finally(onSign),
  within: (access) => telling(ffmpeg.within(access), onSign),
});

const warningsOf = (context: TestContext, runId: string): string[] =>
  [...(context.probe(runId)?.warnings ?? []), ...(context.plan(runId)?.warnings ?? [])].map(({ detail }) => detail);

const stackOf = (thrown: unknown): string => {
  const cause = thrown instanceof CatalogueError ? thrown.cause : thrown;
  return cause instanceof Error ? (cause.stack ?? cause.message) : `${thrown}`;
};
