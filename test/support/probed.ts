import { probe } from '../../src/jobs/probe.job.ts';
import type { Probe, ProbedVideo } from '../../src/plan/probe.ts';
import type { TestContext } from './job-context.ts';

/** What the probe says of a file, run as a worker runs it. */
export async function probeFile(context: TestContext, path: string): Promise<Probe> {
  const payload = await context.addVideo(path);
  await probe.run(await context.context(payload));
  const found = context.probe(payload.runId);
  if (!found) throw new Error('nothing was committed');
  return found;
}

/** The same, of its picture. */
export async function probeVideo(context: TestContext, path: string): Promise<{ video: ProbedVideo; codes: string[] }> {
  const { video, warnings } = await probeFile(context, path);
  if (!video) throw new Error('there is no picture');
  return { video, codes: warnings.map(({ code }) => code) };
}
