import { copyFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encode } from '../../../src/jobs/encode.job.ts';
import { split } from '../../../src/jobs/split.job.ts';
import type { ArtefactStorage } from '../../../src/storage/storage.ts';
import { clip, makeClip } from '../../support/clips.ts';
import { planClip, tinyPolicy } from '../../support/encode-clip.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';

let context: TestContext;
beforeAll(async () => {
  context = await createTestContext({ policy: tinyPolicy });
});
afterAll(() => context.close());

async function firstTask(path: string) {
  const { videoId, runId, plan } = await planClip(context, path);
  const [task] = plan.encodeTasks;
  if (!task) throw new Error('a plan has an encode task');
  return { videoId, runId, name: task.name, fleet: task.fleet };
}

async function keysIn(storage: ArtefactStorage, prefix: string): Promise<string[]> {
  const keys = [];
  for await (const { key } of storage.list(prefix)) keys.push(key);
  return keys;
}

const smallClip = () => makeClip({ name: 'small', seconds: 5, size: '64x36', output: ['-movflags', '+faststart'] });

test('a job whose task is committed does nothing more', async () => {
  const payload = await firstTask(await smallClip());
  await encode.run(await context.context(payload));
  const before = await keysIn(context.services.storage, `segments/${payload.videoId}/`);
  const committed = context.artefacts(payload.runId);

  await encode.run(await context.context(payload));
  expect(await keysIn(context.services.storage, `segments/${payload.videoId}/`)).toEqual(before);
  expect(context.artefacts(payload.runId)).toEqual(committed);
});

test('whoever was overtaken cannot commit, and the other’s objects stand', async () => {
  const payload = await firstTask(await smallClip());
  const late = await context.context(payload);
  const { ffmpeg } = context.services;
  const overtaken = encode.run({
    ...late,
    ffmpeg: {
      ...ffmpeg,
      async run(args, options) {
        const result = await ffmpeg.run(args, options);
        await encode.run(await context.context(payload)); // a second delivery begins and ends meanwhile
        return result;
      },
    },
  });
  await expect(overtaken).rejects.toMatchObject({ code: 'FENCE_LOST' });
  const keys = context.artefacts(payload.runId).map(({ key }) => key);
  const segments = keys.filter((key) => key.endsWith('.m4s'));
  expect(segments.map((key) => key.split('/').slice(-2).join('/'))).toEqual(['2/24p.m4s', '2/36p.m4s']);
});

test('a source that lacks frames is damaged, though ffmpeg ends without an error', async () => {
  const path = await smallClip();
  const payload = await firstTask(path);
  const cut = join(context.root, 'cut.mp4');
  await copyFile(path, cut);
  await truncate(cut, 30_000);
  const job = await context.context(payload, undefined, { sources: { local: async () => cut } });
  const { probe } = job.runs;
  const decoded = { ...job.runs, probe: async (runId: string) => ({ ...(await probe(runId)), decoded: true }) };
  await expect(encode.run({ ...job, runs: decoded })).rejects.toMatchObject({
    code: 'INPUT_DAMAGED',
    detail: expect.stringMatching(/31 frames cannot be decoded/),
  });
  // Where the plan was made from packets alone, all of the picture is to be decoded first.
  expect(context.nextRun(payload.runId)).toBeNull();
  await expect(encode.run(job)).rejects.toMatchObject({ code: 'RUN_SUPERSEDED' });
  expect(context.nextRun(payload.runId)).not.toBeNull();
  expect(context.artefacts(payload.runId).filter(({ kind }) => kind === 'segment')).toEqual([]);
});

test('an aborted job ends with the reason, and commits nothing', async () => {
  const payload = await firstTask(await smallClip());
  const reason = new Error('the lock was lost');
  await expect(encode.run(await context.context(payload, AbortSignal.abort(reason)))).rejects.toBe(reason);
  expect(context.artefacts(payload.runId).filter(({ kind }) => kind === 'segment')).toEqual([]);
});

test('two runs of one source have tasks of equal fingerprints, though each made a remux of its own', async () => {
  const context = await createTestContext({ policy: tinyPolicy });
  try {
    const path = await clip('ts-at-1.4s');
    const { videoId, runId, plan } = await planClip(context, path);
    const again = await context.addRun(videoId);
    const second = await planClip(context, path, again);
    expect(second.plan.source.key).not.toBe(plan.source.key);
    expect(context.specs(second.runId)).toEqual(context.specs(runId));
  } finally {
    await context.close();
  }
});

test('a split that is delivered again adds nothing', async () => {
  const { videoId, runId } = await planClip(context, await smallClip());
  expect(context.fannedOut(runId)).toBe(1);
  expect(context.videoState(videoId)).toBe('transcoding');
  await split.run(await context.context({ videoId, runId }));
  expect(context.fannedOut(runId)).toBe(1);
});
