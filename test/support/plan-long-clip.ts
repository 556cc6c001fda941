import { probe } from '../../src/jobs/probe.job.ts';
import { split } from '../../src/jobs/split.job.ts';
import { encodePlanSchema } from '../../src/plan/encode-plan.ts';
import { planTasks } from '../../src/plan/task-specs.ts';
import { createTestContext } from './job-context.ts';

/** A process of its own: probes and plans the file that it is given by the real handlers, and says what that took. */
const [path = ''] = process.argv.slice(2);
const context = await createTestContext();
try {
  const ref = await context.addVideo(path);
  await probe.run(await context.context(ref));
  await split.run(await context.context(ref));
  const stored = JSON.stringify(context.plan(ref.runId));
  const plan = encodePlanSchema.parse(JSON.parse(stored)); // as every process does that makes a part of it
  const source = { key: plan.source.key, bytes: 1, etag: '' };
  const { presented } = await context.index(ref.runId);
  const [index] = context.artefacts(ref.runId);
  console.log(
    JSON.stringify({
      presented: presented.length,
      frames: plan.source.frames,
      segments: plan.segments.length,
      tasks: planTasks(source, plan, '').length,
      indexBytes: index?.size,
      planBytes: stored.length,
      seconds: plan.source.durationSeconds,
      peakMegabytes: process.resourceUsage().maxRSS / 1024,
    }),
  );
} finally {
  await context.close();
}
