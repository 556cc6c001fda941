import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { firstPictureArgs, picturesToDecode, type ThumbnailWork, thumbnailArgs } from '../ffmpeg/thumbnail-args.ts';
import { sheetCount, sheetName, thumbnailTrack } from '../packaging/thumbnail-track.ts';
import { thumbnailEffort } from '../plan/effort.ts';
import type { EncodePlan, ThumbnailPlan } from '../plan/encode-plan.ts';
import { estimateThumbnailBytes } from '../plan/memory.ts';
import type { Picture } from '../plan/picture.ts';
import { transcodedPrefix } from '../storage/keys.ts';
import { contentTypeOf } from './content-type.ts';
import { defineJob, type JobContext } from './define-job.ts';
import { readStoredIndex } from './read-index.ts';
import { runPictures } from './run-pictures.ts';
import { storeFile } from './store-artefact.ts';

const poster = 'poster.jpg';
const track = 'thumbnails.vtt';

/** Makes the poster, the sheets of small pictures that players show while seeking, and the track that names them. */
export const thumbnails = defineJob({
  name: 'thumbnails',
  queue: () => 'media',
  attempts: 3,
  backoff: { initialMs: 1_000, longestMs: 60_000 },
  // It may have to decode a whole source of twelve hours.
  timeoutMs: 6 * 3_600_000,

  payload: z.object({ videoId: z.string(), runId: z.string() }),

  taskName: () => 'thumbnails',

  async memoryBytes({ payload, runs }) {
    const [{ picture }, { video }] = await Promise.all([runs.plan(payload.runId), runs.probe(payload.runId)]);
    return picture && video ? estimateThumbnailBytes({ source: video, picture }) : 0;
  },

  async run(context) {
    const { payload, runs, tasks, storage, ffmpeg, workDir } = context;
    const task = await tasks.take({ ...payload, name: 'thumbnails' });
    if (task.committed) return;

    const plan = await runs.plan(payload.runId);
    if (!plan.thumbnails || !plan.picture) throw new CatalogueError('INTERNAL', 'The plan has no thumbnails.');
    const work = await planWork(context, plan, { thumbnails: plan.thumbnails, picture: plan.picture });
    const effort = thumbnailEffort({ source: plan.source, picture: work.picture }, plan.thumbnails);
    await runPictures(context, work.picture, (run) => thumbnailArgs({ ...work, ...run }, ffmpeg.tools), {
      effort,
      where: ({ seconds }) => `at ${seconds.toFixed(1)} s of the source`,
      // Every tenth picture is counted, see `thumbnailArgs`.
      onFrame: (frames) => tasks.progress(task, Math.min(1, (10 * frames) / plan.source.frames)),
    });
    if (!(await isPicture(work.poster.path))) {
      await runPictures(context, work.picture, (run) => firstPictureArgs({ ...work, ...run }, ffmpeg.tools), {
        effort,
      });
    }
    await writeFile(join(workDir, track), thumbnailTrack(work.thumbnails, plan.source.durationSeconds));

    const sheets = Array.from({ length: sheetCount(work.thumbnails) }, (_, sheet) => sheetName(sheet + 1));
    const artefacts = [];
    for (const path of [poster, ...sheets, track]) {
      const local = join(workDir, path);
      if (path !== track && !(await isPicture(local)))
        throw new CatalogueError('OUTPUT_DAMAGED', `${path} is no picture`);
      const key = `${transcodedPrefix(task)}/${path}`;
      artefacts.push(
        await storeFile(storage, { kind: 'output', key, contentType: contentTypeOf(key), facts: { path } }, local),
      );
    }
    await tasks.commit(task, artefacts);
  },
});

async function planWork(
  { payload, runs, storage, sources, workDir, signal }: JobContext<{ videoId: string; runId: string }>,
  plan: EncodePlan,
  { thumbnails, picture }: { thumbnails: ThumbnailPlan; picture: Picture },
): Promise<ThumbnailWork> {
  const index = await readStoredIndex(storage, await runs.probe(payload.runId));
  return {
    sourcePath: await sources.local(plan.source.key, { signal }),
    source: plan.source,
    picture,
    thumbnails,
    decoded: picturesToDecode(index, plan.source, thumbnails),
    poster: { ...posterSize(plan), path: join(workDir, poster) },
    sheetPattern: join(workDir, sheetName('%d')),
  };
}

/** The largest rung up to 720p: what a page shows before it plays. */
function posterSize({ rungs }: EncodePlan): { width: number; height: number } {
  const area = ({ width, height }: { width: number; height: number }) => width * height;
  const inOrder = [...rungs].sort((a, b) => area(a) - area(b));
  const [smallest] = inOrder;
  const best = inOrder.filter(({ width, height }) => Math.min(width, height) <= 720).at(-1) ?? smallest;
  if (!best) throw new RangeError('a plan has at least one rung');
  return { width: best.width, height: best.height };
}

/** A whole JPEG: ffmpeg ends with 0 where it wrote none. */
async function isPicture(path: string): Promise<boolean> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0));
  return bytes.length > 4 && bytes.readUInt16BE(0) === 0xffd8 && bytes.readUInt16BE(bytes.length - 2) === 0xffd9;
}
