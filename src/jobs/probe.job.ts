import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { checkPictureSize, checkPictureSizes, checkStreamCount } from '../ffmpeg/check-limits.ts';
import {
  type ChosenStreams,
  type ChosenVideo,
  chooseStreams,
  isCover,
  publishesSound,
} from '../ffmpeg/choose-streams.ts';
import { describeSound } from '../ffmpeg/describe-sound.ts';
import { describeSource } from '../ffmpeg/describe-source.ts';
import { judgeEnd } from '../ffmpeg/judge-loss.ts';
import { lookAtPictures } from '../ffmpeg/look-at-pictures.ts';
import { indexSource, type SniffedFile, sniffFile } from '../ffmpeg/open-source.ts';
import { parsePicture } from '../ffmpeg/parse-picture.ts';
import type { MediaFile } from '../ffmpeg/parse-streams.ts';
import { readSoundSpan } from '../ffmpeg/probe-sound.ts';
import { type IndexReading, readStreams } from '../ffmpeg/probe-source.ts';
import { type ToldPicture, tellPicture } from '../ffmpeg/told-picture.ts';
import { type Policy, policyOf } from '../plan/policy.ts';
import type { Probe } from '../plan/probe.ts';
import { segmentsPrefix } from '../storage/keys.ts';
import { defineJob, type JobContext } from './define-job.ts';
import type { Artefact, TakenTask } from './services.ts';
import { storeFile } from './store-artefact.ts';
import { storeIndex } from './store-index.ts';

/** Finds out what a source is, or refuses it; makes its index, and a remux where its container cannot be sought in. */
export const probe = defineJob({
  name: 'probe',
  queue: () => 'media',
  attempts: 3,
  backoff: { initialMs: 1_000, longestMs: 30_000 },
  timeoutMs: 4 * 3_600_000, // an index by a decode pass takes as long as the source; what hangs is stopped by its progress

  payload: z.object({ videoId: z.string(), runId: z.string() }),

  taskName: () => 'probe',

  async run(context) {
    const { payload, tasks, videos, sources, ffmpeg, limits, signal } = context;
    await videos.advance(payload, 'probing');
    const task = await tasks.take({ ...payload, name: 'probe' });
    if (task.committed) return;

    const video = await videos.source(payload.videoId);
    const { originalKey } = video;
    const policy = policyOf(context.policy, video.policy);
    const path = await sources.local(originalKey, { signal });
    const input = await sniffFile(path, policy);
    const { file, strangers } = await readStreams(ffmpeg, input, signal);
    checkStreamCount(file, limits);
    checkPictureSizes(file, limits);
    const chosen = chooseStreams(file, policy);

    const { size: bytes } = await stat(path);
    const opened = { policy, file, bytes, input, strangers, originalKey, chosen };
    const { artefacts, probe } =
      (chosen.video &&
        (await probePictures(context, task, { ...opened, chosen: { ...chosen, video: chosen.video } }))) ||
      (await probeSound(context, task, opened));
    await tasks.commitProbe(task, artefacts, probe);
  },
});

interface Opened {
  policy: Policy;
  file: MediaFile;
  bytes: number;
  input: SniffedFile;
  strangers: boolean;
  originalKey: string;
  chosen: ChosenStreams;
}
type Context = JobContext<{ videoId: string; runId: string }>;

/** Null where the picture is a cover, which shows once it has been counted, and the policy publishes the sound beside it. */
async function probePictures(
  { storage, ffmpeg, limits, runs, tasks, workDir, signal }: Context,
  task: TakenTask,
  { policy, file, bytes, input, strangers, originalKey, chosen }: Opened & { chosen: ChosenVideo },
): Promise<{ artefacts: Artefact[]; probe: Probe } | null> {
  const decode = await runs.decodesIndex(task.runId);
  const { short } = input;
  const given = reading({ limits, tasks, signal }, task, file);
  let told: ToldPicture = { told: null };
  const source = await indexSource(ffmpeg, { input, chosen, strangers, decode }, workDir, {
    ...given,
    async onPackets(found) {
      told = await tellPicture(ffmpeg, { file, input, short, chosen }, found, given);
      // What is refused for its end need not be decoded first.
      judgeEnd({ ...told, present: found.seconds, endsEarly: found.endsEarly, damaged: false, short }, policy);
    },
  });
  if (isCover(chosen.video, source.index.presented.length)) {
    if (publishesSound(chosen, policy)) return null;
    throw new CatalogueError('INPUT_NO_VIDEO', 'The file holds a still picture.');
  }
  const { field_order: fieldOrder } = chosen.video.field_order === 'unknown' ? source.video : chosen.video;
  const seen = await lookAtPictures(ffmpeg, source, { fieldOrder, signal });
  const picture = parsePicture(chosen.video, seen.frame);
  checkPictureSize(picture, limits);

  const prefix = segmentsPrefix(task);
  const indexKey = `${prefix}/index.bin`;
  const sourceKey = source.remuxed ? `${prefix}/${basename(source.input.path)}` : originalKey;
  const artefacts = [await storeIndex(storage, { key: indexKey, index: source.index, workDir })];
  if (source.remuxed) {
    const name = { kind: 'remux', key: sourceKey, contentType: 'application/octet-stream' } as const;
    artefacts.push(await storeFile(storage, name, source.input.path));
  }
  const probe = describeSource({
    file,
    bytes,
    chosen,
    picture,
    seen,
    source,
    short,
    told,
    sourceKey,
    indexKey,
    policy,
  });
  return { artefacts, probe };
}

async function probeSound(
  { ffmpeg, limits, tasks, signal }: Context,
  task: TakenTask,
  { file, bytes, input, originalKey, chosen }: Opened,
): Promise<{ artefacts: Artefact[]; probe: Probe }> {
  const [stream] = chosen.audio;
  if (!stream) throw new CatalogueError('INTERNAL', 'No stream was chosen.');
  const span = await readSoundSpan(ffmpeg, { input, stream }, reading({ limits, tasks, signal }, task, file));
  return { artefacts: [], probe: describeSound({ file, bytes, chosen, input, span, sourceKey: originalKey }) };
}

function reading(
  { limits, tasks, signal }: Pick<Context, 'limits' | 'tasks' | 'signal'>,
  task: TakenTask,
  file: MediaFile,
): IndexReading {
  const { maxDurationSeconds } = limits;
  const headerSeconds = file.format.duration || maxDurationSeconds;
  const onSeconds = (seconds: number) => tasks.progress(task, Math.min(0.9, seconds / headerSeconds));
  return { signal, maxDurationSeconds, onSeconds };
}
