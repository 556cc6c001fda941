import { readFile } from 'node:fs/promises';
import type { BasePayload } from '../../src/jobs/define-job.ts';
import { encode } from '../../src/jobs/encode.job.ts';
import { probe } from '../../src/jobs/probe.job.ts';
import type { Artefact } from '../../src/jobs/services.ts';
import { split } from '../../src/jobs/split.job.ts';
import { readFrames } from '../../src/packaging/cmaf.ts';
import { type EncodePlan, renditionName } from '../../src/plan/encode-plan.ts';
import { type Policy, standardPolicy } from '../../src/plan/policy.ts';
import { cappedCrf } from '../../src/plan/rate-control.ts';
import type { TestContext } from './job-context.ts';

/** Two rungs from one decode, as small as x264 goes: where a frame lies does not depend on its size. */
export const tinyPolicy: Policy = {
  ...standardPolicy,
  ladder: [24, 36].map((height) => ({ height, rateControl: cappedCrf(30, 100, 200) })),
};

/** Probes and plans a local file by the real handlers, as a new video or in a run that has begun. */
export async function planClip(context: TestContext, path: string, begun?: BasePayload) {
  const ref = begun ?? (await context.addVideo(path));
  await probe.run(await context.context(ref));
  await split.run(await context.context(ref));
  const plan = context.plan(ref.runId);
  if (!plan) throw new Error('split saved no plan');
  return { ...ref, plan };
}

/** Probes, plans and encodes a local file by the real handlers, two encodes at a time. */
export async function encodeClip(context: TestContext, path: string, begun?: BasePayload) {
  const planned = await planClip(context, path, begun);
  const { videoId, runId, plan } = planned;
  const waiting = [...plan.encodeTasks];
  const work = async () => {
    for (let task = waiting.shift(); task; task = waiting.shift()) {
      await encode.run(await context.context({ videoId, runId, name: task.name, fleet: task.fleet }));
    }
  };
  await Promise.all([work(), work()]);
  return planned;
}

/** A rendition as packaging sees it: its init and every segment's media, in order. */
export async function readRendition(context: TestContext, runId: string, rendition: string) {
  const bytes = async ({ key }: Artefact) => readFile(context.services.storage.localPath(key) ?? '');
  const artefacts = context.artefacts(runId).filter((artefact) => artefact.rendition === rendition);
  const segments = artefacts
    .filter(({ kind }) => kind === 'segment')
    .sort((a, b) => (a.segmentIndex ?? 0) - (b.segmentIndex ?? 0));
  const inits = await Promise.all(artefacts.filter(({ kind }) => kind === 'init').map(bytes));
  const [init = Buffer.alloc(0)] = inits;
  const media = Buffer.concat(await Promise.all(segments.map(bytes)));
  const { timescale, frames } = readFrames(init, media);
  return { inits, init, media, timescale, frames: frames.sort((a, b) => a.pts - b.pts), segments };
}

/** What a run made, for comparing with another run: rendition, segment and hash of every object. */
export const madeBy = (context: TestContext, runId: string): string[] =>
  context
    .artefacts(runId)
    .filter(({ kind }) => kind === 'segment' || kind === 'init')
    .map(({ kind, rendition, segmentIndex, sha256 }) => `${rendition} ${segmentIndex} ${kind} ${sha256}`)
    .sort();

export const renditionsOf = (plan: EncodePlan): string[] => plan.rungs.map(renditionName);
