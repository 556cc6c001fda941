import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLog } from '../../src/log.ts';
import { readFrames } from '../../src/packaging/cmaf.ts';
import { packagerArgs, packagerInputs } from '../../src/packaging/packager-args.ts';
import { createPackager } from '../../src/packaging/run-packager.ts';
import type { EncodePlan } from '../../src/plan/encode-plan.ts';

/** Packs joined renditions, pictures alone, in an empty folder; gives each one's media segments as a player fetches them. */
export async function packPictures(folder: string, plan: EncodePlan, joined: ReadonlyMap<string, Uint8Array>) {
  const pathOf = (rendition: string) => join(folder, `${rendition.replace('/', '_')}.mp4`);
  const inputs = packagerInputs({ ...plan, audio: [] }, pathOf);
  for (const { rendition, path } of inputs) {
    await mkdir(join(folder, rendition), { recursive: true });
    await writeFile(path, joined.get(rendition) ?? '');
  }
  const packager = createPackager({ log: createLog({ level: 'silent', name: 'test' }), stallTimeoutMs: 30_000 });
  await packager.run(packagerArgs(inputs, plan.mediaSegmentSeconds), {
    signal: AbortSignal.timeout(60_000),
    cwd: folder,
  });
  return Promise.all(inputs.map(({ rendition }) => readPacked(join(folder, rendition))));
}

async function readPacked(folder: string) {
  const numberOf = (name: string) => Number(/\d+/.exec(name)?.[0]);
  const names = (await readdir(folder))
    .filter((name) => name.endsWith('.m4s'))
    .sort((a, b) => numberOf(a) - numberOf(b));
  const init = await readFile(join(folder, 'init.mp4'));
  const segments = await Promise.all(names.map(async (name) => readFrames(init, await readFile(join(folder, name)))));
  return {
    timescale: segments[0]?.timescale ?? 0,
    /** Per media segment: its frames in the order in which they are shown. */
    segments: segments.map(({ frames }) => frames.sort((a, b) => a.pts - b.pts)),
  };
}
