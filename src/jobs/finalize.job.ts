import { posix } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { z } from 'zod';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { checkPlaylists, type PackagedRendition } from '../packaging/check-playlists.ts';
import { readFrames } from '../packaging/cmaf.ts';
import { dashManifest, hlsMaster, packagerInputs } from '../packaging/packager-args.ts';
import { readBoxes } from '../packaging/read-boxes.ts';
import { type RenditionTimes, verifyVideo } from '../quality/verify-video.ts';
import type { ArtefactStorage } from '../storage/storage.ts';
import { defineJob } from './define-job.ts';
import { inParallel } from './in-parallel.ts';
import type { Artefact } from './services.ts';

/** Verifies everything that players will fetch, as it is stored, and only then makes the video ready. */
export const finalize = defineJob({
  name: 'finalize',
  queue: () => 'control',
  attempts: 5,
  backoff: { initialMs: 1_000, longestMs: 30_000 },
  timeoutMs: 30 * 60_000,

  payload: z.object({ videoId: z.string(), runId: z.string() }),

  taskName: () => 'finalize',

  async run({ payload, runs, tasks, storage, signal }) {
    const task = await tasks.take({ ...payload, name: 'finalize' });
    if (task.committed) return;
    // The queue may release a parent early (queue-rules.md 2): the rows decide.
    const missing = (await tasks.missing(payload.runId)).filter((name) => name !== 'finalize');
    if (missing.length > 0) throw failed(`not committed: ${missing.slice(0, 10).join(', ')}`);

    const plan = await runs.plan(payload.runId);
    const outputs = outputsByPath(await runs.artefacts(payload.runId, 'output'));
    await checkStored(outputs, storage);

    const renditions = checkPlaylists(
      {
        sizes: new Map([...outputs].map(([path, { size }]) => [path, size])),
        texts: await readTexts(outputs, storage),
      },
      { renditions: packagerInputs(plan, () => ''), seconds: plan.source.durationSeconds },
    );
    const times = [];
    for (const rendition of renditions) {
      times.push(await readTimes(rendition, outputs, { storage, signal }));
      tasks.progress(task, times.length / renditions.length);
    }
    verifyVideo(plan, times);

    await tasks.commitReady(task, {
      hlsKey: keyOf(outputs, hlsMaster),
      dashKey: keyOf(outputs, dashManifest),
      posterKey: keyOf(outputs, 'poster.jpg'),
      thumbnailsKey: keyOf(outputs, 'thumbnails.vtt'),
      warnings: [],
    });
  },
});

type Outputs = ReadonlyMap<string, Artefact>;

/** Committed outputs by their path below the folder of their step. */
function outputsByPath(artefacts: Artefact[]): Outputs {
  const facts = z.object({ path: z.string() });
  return new Map(artefacts.map((artefact) => [facts.parse(artefact.facts).path, artefact]));
}

/** Every committed object is there, with the bytes that were counted when it was made. One listing a folder: there may be many. */
async function checkStored(outputs: Outputs, storage: ArtefactStorage): Promise<void> {
  const folders = new Set([...outputs].map(([path, { key }]) => key.slice(0, -path.length)));
  const stored = new Map<string, number>();
  for (const folder of folders) for await (const { key, size } of storage.list(folder)) stored.set(key, size);
  for (const [path, { key, size }] of outputs) {
    const found = stored.get(key);
    if (found === undefined) throw failed(`${path} is not in storage`);
    if (found !== size || size === 0) throw failed(`${path} has ${found} bytes in storage, not ${size}`);
  }
}

async function readTexts(outputs: Outputs, storage: ArtefactStorage): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const [path, { key }] of outputs) {
    if (['.m3u8', '.mpd'].includes(posix.extname(path))) texts.set(path, await text(await storage.read(key)));
  }
  return texts;
}

/** The times of every frame, out of the headers of the packaged segments; the pictures themselves are not read. */
async function readTimes(
  { rendition, kind, init, segments }: PackagedRendition,
  outputs: Outputs,
  { storage, signal }: { storage: ArtefactStorage; signal: AbortSignal },
): Promise<RenditionTimes> {
  const header = await buffer(await storage.read(keyOf(outputs, init)));
  const fragments = await inParallel(segments, { limit: 8, signal }, async (path) => {
    const { key, size } = outputs.get(path) ?? { key: keyOf(outputs, path), size: 0 };
    return readBoxes(['moof'], size, async (start, end) => buffer(await storage.read(key, { start, end: end - 1 })));
  });
  return { rendition, kind, ...readFrames(header, Buffer.concat(fragments)) };
}

function keyOf(outputs: Outputs, path: string): string {
  const output = outputs.get(path);
  if (!output) throw failed(`${path} was not made`);
  return output.key;
}

const failed = (what: string): CatalogueError => new CatalogueError('VERIFY_FAILED', `The video is not whole: ${what}`);
