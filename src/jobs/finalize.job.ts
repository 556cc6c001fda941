import { posix } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { checkPlaylists } from '../packaging/check-playlists.ts';
import { dashManifest, hlsMaster, packagerInputs } from '../packaging/packager-args.ts';
import { verifyVideo } from '../quality/verify-video.ts';
import type { ArtefactStorage } from '../storage/storage.ts';
import { defineJob } from './define-job.ts';
import { madeWarnings } from './made-warnings.ts';
import type { Artefact } from './services.ts';
import { type VerifiedRendition, verifyRendition } from './verify-rendition.ts';

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
    const verified: VerifiedRendition[] = [];
    for (const rendition of renditions) {
      verified.push(
        await verifyRendition(rendition, plan, { outputOf: (path) => outputOf(outputs, path), storage, signal }),
      );
      tasks.progress(task, verified.length / renditions.length);
    }
    verifyVideo(plan, verified);

    await tasks.commitReady(task, {
      hlsKey: keyOf(outputs, hlsMaster),
      dashKey: keyOf(outputs, dashManifest),
      posterKey: plan.thumbnails && keyOf(outputs, 'poster.jpg'),
      thumbnailsKey: plan.thumbnails && keyOf(outputs, 'thumbnails.vtt'),
      warnings: madeWarnings(plan, {
        segments: await runs.artefacts(payload.runId, 'segment'),
        sounds: await runs.artefacts(payload.runId, 'audio'),
        renditions: verified,
      }),
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

const keyOf = (outputs: Outputs, path: string): string => outputOf(outputs, path).key;

function outputOf(outputs: Outputs, path: string): Artefact {
  const output = outputs.get(path);
  if (!output) throw failed(`${path} was not made`);
  return output;
}

const failed = (what: string): CatalogueError => new CatalogueError('VERIFY_FAILED', `The video is not whole: ${what}`);
