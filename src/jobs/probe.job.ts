import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { checkPictureSize, checkPictureSizes, checkStreamCount } from '../ffmpeg/check-limits.ts';
import { chooseStreams, refuseCover } from '../ffmpeg/choose-streams.ts';
import { describeSource } from '../ffmpeg/describe-source.ts';
import { lookAtPictures } from '../ffmpeg/look-at-pictures.ts';
import { indexSource, sniffFile } from '../ffmpeg/open-source.ts';
import { parsePicture } from '../ffmpeg/parse-picture.ts';
import { readStreams } from '../ffmpeg/probe-source.ts';
import { segmentsPrefix } from '../storage/keys.ts';
import { defineJob } from './define-job.ts';
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

  async run({ payload, tasks, videos, sources, storage, ffmpeg, policy, limits, workDir, signal }) {
    await videos.advance(payload, 'probing');
    const task = await tasks.take({ ...payload, name: 'probe' });
    if (task.committed) return;

    const { originalKey } = await videos.source(payload.videoId);
    const path = await sources.local(originalKey, { signal });
    const input = await sniffFile(path);
    const { file, strangers } = await readStreams(ffmpeg, input, signal);
    checkStreamCount(file, limits);
    checkPictureSizes(file, limits);
    const chosen = chooseStreams(file, policy.audio);

    const headerSeconds = file.format.duration || limits.maxDurationSeconds;
    const source = await indexSource(ffmpeg, { input, chosen, strangers }, workDir, {
      signal,
      maxDurationSeconds: limits.maxDurationSeconds,
      onSeconds: (seconds) => tasks.progress(task, Math.min(0.9, seconds / headerSeconds)),
    });

    refuseCover(chosen.video, source.index.presented.length);
    const { field_order: fieldOrder } = chosen.video.field_order === 'unknown' ? source.video : chosen.video;
    const seen = await lookAtPictures(ffmpeg, source, { fieldOrder, signal });
    const picture = parsePicture(chosen.video, seen.frame);
    checkPictureSize(picture, limits);

    const prefix = segmentsPrefix(task);
    const indexKey = `${prefix}/index.bin`;
    const sourceKey = source.remuxed ? `${prefix}/${basename(source.input.path)}` : originalKey;
    const { size: bytes } = await stat(path);
    const found = describeSource({ file, bytes, chosen, picture, seen, source, sourceKey, indexKey });

    const artefacts = [await storeIndex(storage, { key: indexKey, index: source.index, workDir })];
    if (source.remuxed) {
      const name = { kind: 'remux', key: sourceKey, contentType: 'application/octet-stream' } as const;
      artefacts.push(await storeFile(storage, name, source.input.path));
    }
    await tasks.commitProbe(task, artefacts, found);
  },
});
