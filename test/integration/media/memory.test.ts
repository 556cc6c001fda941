import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peakBytes } from '../../../bench/peak-bytes.ts';
import { encodeArgs } from '../../../src/ffmpeg/encode-args.ts';
import { findEncodeTask, memoryOfTask } from '../../../src/plan/find-encode-task.ts';
import { standardPolicy } from '../../../src/plan/policy.ts';
import { builds, makeClip } from '../../support/clips.ts';
import { planClip } from '../../support/encode-clip.ts';
import { createTestContext } from '../../support/job-context.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelmill-memory-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Long enough to fill x264's lookahead of 40 frames; two rungs as the default policy makes them. */
const clip = { name: 'memory', seconds: 2.6, fps: 25, size: '640x360', audio: null };

describe.each(builds)('$build', ({ tools }) => {
  test('an encode takes no more than its plan says, and not much less', async () => {
    const context = await createTestContext({ policy: standardPolicy, tools: await tools() });
    try {
      const sourcePath = await makeClip(clip);
      const { plan } = await planClip(context, sourcePath);
      const [task] = plan.encodeTasks;
      const work = findEncodeTask(plan, task?.name ?? '');
      expect(work.rungs.map(({ name }) => name)).toEqual(['240p', '360p']);
      const outputPath = ({ name }: { name: string }) => join(folder, `${name}.mp4`);
      const { ffmpeg, ...rest } = await tools();
      const args = encodeArgs({ ...work, sourcePath, outputPath }, rest);
      const peak = await peakBytes(ffmpeg.path, ['-nostdin', '-v', 'error', '-y', ...args]);
      const estimated = memoryOfTask(plan, task?.name ?? '');
      expect(peak).toBeLessThan(estimated);
      expect(peak).toBeGreaterThan(estimated / 2.5);
    } finally {
      await context.close();
    }
  });
});
