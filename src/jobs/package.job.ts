import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { checkPlaylists } from '../packaging/check-playlists.ts';
import { settleFrameRatesInDash, settleFrameRatesInHls } from '../packaging/frame-rates.ts';
import { nameSoundsInDash, nameSoundsInHls } from '../packaging/name-sounds.ts';
import { audioGroups, dashManifest, hlsMaster, packagerArgs, packagerInputs } from '../packaging/packager-args.ts';
import { pairVariants } from '../packaging/pair-variants.ts';
import { soundsOf } from '../packaging/sounds.ts';
import { copyEffort } from '../plan/effort.ts';
import type { EncodePlan } from '../plan/encode-plan.ts';
import { transcodedPrefix } from '../storage/keys.ts';
import { contentTypeOf } from './content-type.ts';
import { defineJob } from './define-job.ts';
import { inParallel } from './in-parallel.ts';
import { joinRenditions } from './join-renditions.ts';
import { storeFile } from './store-artefact.ts';

/** Joins every rendition (init + media, byte after byte), mends seams at which players would stall, and packs all of them once, as HLS and DASH over the same files. */
export const packageVideo = defineJob({
  name: 'package',
  queue: () => 'media',
  attempts: 3,
  backoff: { initialMs: 1_000, longestMs: 60_000 },
  timeoutMs: 2 * 3_600_000,

  payload: z.object({ videoId: z.string(), runId: z.string() }),

  taskName: () => 'package',

  // It may have to make a segment again; the packager itself is small.
  memoryBytes: async ({ payload, runs }) =>
    (await runs.plan(payload.runId)).encodeTasks.reduce((most, task) => Math.max(most, task.estimatedMemoryBytes), 0),

  async run(context) {
    const { payload, runs, tasks, videos, storage, packager, signal, workDir } = context;
    const task = await tasks.take({ ...payload, name: 'package' });
    if (task.committed) return;

    const plan = await runs.plan(payload.runId);
    await videos.advance(payload, 'packaging');
    const inputs = packagerInputs(plan, (rendition) => join(workDir, `${rendition.replace('/', '_')}.mp4`));
    // Rejects where a planned segment is missing.
    const repaired = await joinRenditions(context, { task, plan, inputs }, (done) => tasks.progress(task, 0.3 * done));
    tasks.progress(task, 0.3);

    const folder = join(workDir, 'packaged');
    await makeFolders(
      folder,
      inputs.map(({ rendition }) => rendition),
    );
    const sizes = await Promise.all(inputs.map(async ({ path }) => (await stat(path)).size));
    const effort = copyEffort({ bytes: sizes.reduce((sum, bytes) => sum + bytes, 0) });
    await packager.run(packagerArgs(inputs, plan.mediaSegmentSeconds), { signal, cwd: folder, effort });
    await mendManifests(folder, plan);
    const paths = await listFiles(folder);
    await check(folder, paths, plan);
    tasks.progress(task, 0.5);

    let stored = 0;
    const artefacts = await inParallel(paths, { limit: 8, signal }, async (path) => {
      const rendition = inputs.find((input) => path.startsWith(`${input.rendition}/`))?.rendition ?? null;
      const key = `${transcodedPrefix(task)}/${path}`;
      const name = { kind: 'output' as const, rendition, key, contentType: contentTypeOf(key), facts: { path } };
      const artefact = await storeFile(storage, name, join(folder, path));
      tasks.progress(task, 0.5 + (0.5 * ++stored) / paths.length);
      return artefact;
    });
    await tasks.commit(task, [...artefacts, ...repaired]);
  },
});

/** The packager makes no folders of its own on every platform. */
async function makeFolders(folder: string, renditions: string[]): Promise<void> {
  for (const rendition of renditions) await mkdir(join(folder, rendition), { recursive: true });
}

/** What the packager cannot be told, and what it tells wrongly. */
async function mendManifests(folder: string, plan: EncodePlan): Promise<void> {
  const { frameRate } = plan.source;
  const sounds = soundsOf(plan.audio);
  const rewrite = async (name: string, change: (text: string) => string) => {
    const path = join(folder, name);
    await writeFile(path, change(await readFile(path, 'utf8')));
  };
  await rewrite(hlsMaster, (text) =>
    settleFrameRatesInHls(nameSoundsInHls(pairVariants(text, audioGroups(plan)), sounds), frameRate),
  );
  await rewrite(dashManifest, (text) => settleFrameRatesInDash(nameSoundsInDash(text, sounds), frameRate));
}

/** Manifests last: nobody finds a list of files before the files. */
async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  const isList = (path: string) => path.endsWith('.m3u8') || path === dashManifest;
  return [...paths.filter((path) => !isList(path)).sort(), ...paths.filter(isList).sort()];
}

async function check(folder: string, paths: string[], plan: EncodePlan): Promise<void> {
  const sizes = new Map<string, number>();
  const texts = new Map<string, string>();
  for (const path of paths) {
    sizes.set(path, (await stat(join(folder, path))).size);
    if (path.endsWith('.m3u8') || path.endsWith('.mpd')) texts.set(path, await readFile(join(folder, path), 'utf8'));
  }
  const renditions = packagerInputs(plan, () => '');
  checkPlaylists({ sizes, texts }, { renditions, seconds: plan.source.durationSeconds });
}
