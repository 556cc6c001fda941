import { readFile } from 'node:fs/promises';
import { audio } from '../../src/jobs/audio.job.ts';
import type { BasePayload } from '../../src/jobs/define-job.ts';
import { finalize } from '../../src/jobs/finalize.job.ts';
import { packageVideo } from '../../src/jobs/package.job.ts';
import { thumbnails } from '../../src/jobs/thumbnails.job.ts';
import { createLog } from '../../src/log.ts';
import { readFrames, readTrack } from '../../src/packaging/cmaf.ts';
import { createPackager } from '../../src/packaging/run-packager.ts';
import { encodeClip } from './encode-clip.ts';
import type { TestContext } from './job-context.ts';
import { testSandbox } from './sandbox.ts';

export const testPackager = async () =>
  createPackager({
    log: createLog({ level: 'silent', name: 'test' }),
    stallTimeoutMs: 30_000,
    sandbox: await testSandbox(),
  });

/** Everything that comes after the encodes, by the real handlers; ends with a video that is ready. */
export async function finishClip(context: TestContext, path: string, begun?: BasePayload) {
  const made = await encodeClip(context, path, begun);
  const ref = { videoId: made.videoId, runId: made.runId };
  const steps = [
    ...(made.plan.audio.length > 0 ? [audio] : []),
    ...(made.plan.thumbnails ? [thumbnails] : []),
    packageVideo,
    finalize,
  ];
  for (const step of steps) await step.run(await context.context(ref));
  return { ...made, ref };
}

/** Stored outputs of a run by their path: the row, and the bytes. */
export function outputsOf(context: TestContext, runId: string) {
  const rows = context.artefacts(runId).filter(({ kind }) => kind === 'output');
  const byPath = new Map(rows.map((row) => [String(row.facts.path), row]));
  const fileOf = (path: string) => context.services.storage.localPath(byPath.get(path)?.key ?? path) ?? path;
  return { byPath, fileOf, read: (path: string) => readFile(fileOf(path)) };
}

/** A packaged rendition as a player fetches it: init and media segments in order. */
export async function readPackaged(context: TestContext, runId: string, rendition: string) {
  const { byPath, read } = outputsOf(context, runId);
  const numberOf = (path: string) => Number(/seg-(\d+)/.exec(path)?.[1]);
  const paths = [...byPath.keys()].filter((path) => path.startsWith(`${rendition}/seg-`));
  const init = await read(`${rendition}/init.mp4`);
  const segments = await Promise.all(paths.sort((a, b) => numberOf(a) - numberOf(b)).map(read));
  const media = Buffer.concat(segments);
  const { timescale, frames } = readFrames(init, media);
  return { init, media, segments, timescale, track: readTrack(init), frames: frames.sort((a, b) => a.pts - b.pts) };
}
