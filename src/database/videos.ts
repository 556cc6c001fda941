import { z } from 'zod';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Videos } from '../jobs/services.ts';
import { type KeptPolicy, keptPolicySchema, readPolicy } from '../plan/read-policy.ts';
import { warningSchema } from '../plan/warnings.ts';
import type { Client } from './client.ts';
import type { Database, VideoRow } from './database.ts';
import type { Video } from './generated/client.ts';
import { text } from './json.ts';
import { listVideoIds } from './library-videos.ts';
import type { Notifier } from './notifier.ts';
import { builtIn } from './presets.ts';
import { startRun } from './start-run.ts';
import { failVideo } from './task-outcomes.ts';
import { statusesBefore } from './video-state.ts';

export function openVideos(client: Client, notifier: Notifier): Database['videos'] {
  const { prisma } = client;
  return {
    async create(video) {
      const fetchAfter = video.sourceUrl ? new Date() : null;
      const { policy, ...columns } = { ...video, fetchAfter, title: text(video.title), filename: text(video.filename) };
      const data = { ...columns, ...(policy && keptPolicy(policy)) };
      const [made] = await prisma.video.createManyAndReturn({ data: [data], skipDuplicates: true });
      return videoRow(made ?? (await prisma.video.findUniqueOrThrow({ where: { id: video.id } })));
    },

    async find(id) {
      const video = await prisma.video.findUnique({ where: { id } });
      return video && videoRow(video);
    },

    async list(filter, page) {
      const ids = await listVideoIds(client.sql, filter, page);
      const rows = await prisma.video.findMany({ where: { id: { in: ids } } });
      const byId = new Map(rows.map((row) => [row.id, videoRow(row)]));
      return ids.flatMap((id) => byId.get(id) ?? []);
    },

    tasks: (runId) =>
      client.sql(
        `SELECT name, type, status, progress, error_code AS "errorCode", error_detail AS "errorDetail"
           FROM transcoding_tasks WHERE run_id = $1 ORDER BY id`,
        [runId],
      ),

    async uploaded(id, original) {
      const done = await client.transaction(async (sql) => {
        const [video] = await sql<{ key: string }>(
          `UPDATE videos SET status = 'uploaded', original_etag = $2, file_size = $3, uploaded_at = now()
            WHERE id = $1 AND status = 'awaiting_upload' RETURNING original_key AS key`,
          [id, original.etag, original.bytes],
        );
        if (!video) return false;
        await startRun(sql, { id, source: { key: video.key, ...original } }, { number: 1, reason: 'uploaded' });
        return true;
      });
      if (done) tell(notifier, id);
      return done;
    },

    async refuseUpload(id, reason) {
      const refused = await client.transaction(async (sql) => {
        const waiting = await sql(
          `SELECT id FROM videos WHERE id = $1 AND status = 'awaiting_upload' FOR NO KEY UPDATE`,
          [id],
        );
        if (waiting.length === 0) return false;
        await failVideo(sql, { videoId: id, runId: null }, reason);
        return true;
      });
      if (refused) tell(notifier, id);
      return refused;
    },

    async cancelUpload(id) {
      const cancelled = await client.sql(
        `WITH cancelled AS (
           UPDATE videos SET status = 'cancelled', completed_at = now() WHERE id = $1 AND status = 'awaiting_upload' RETURNING id
         ), told AS (
           INSERT INTO outbox (topic, video_id, payload) SELECT 'upload.abort', id, '{"runId": ""}' FROM cancelled
         )
         SELECT id FROM cancelled`,
        [id],
      );
      if (cancelled.length > 0) tell(notifier, id);
      return cancelled.length > 0;
    },
  };
}

/** The videos as jobs see them. */
export function videosPort(client: Client, notifier: Notifier): Videos {
  return {
    async source(videoId) {
      const video = await client.prisma.video.findUnique({
        where: { id: videoId },
        select: { id: true, originalKey: true, filename: true, policy: true },
      });
      if (!video) throw new CatalogueError('NOT_FOUND', `there is no video ${videoId}`);
      return { ...video, policy: video.policy === null ? null : readPolicy(keptPolicySchema.parse(video.policy)) };
    },

    async advance({ videoId, runId }, state) {
      const moved = await client.sql(
        `UPDATE videos SET status = $3::"VideoStatus", started_at = coalesce(started_at, now())
          WHERE id = $1 AND run_id = $2 AND status = ANY ($4::"VideoStatus"[]) RETURNING id`,
        [videoId, runId, state, statusesBefore(state)],
      );
      if (moved.length > 0) notifier.videoChanged(videoId);
    },
  };
}

/** The built-in policy is code, and no row says it. */
const keptPolicy = (policy: KeptPolicy) =>
  policy.name === builtIn ? {} : { policy, playback: policy.definition.playback };

function tell(notifier: Notifier, videoId: string): void {
  notifier.outboxEntry();
  notifier.videoChanged(videoId);
}

const warnings = z.array(warningSchema);
const videoRow = (video: Video): VideoRow => ({
  ...video,
  fileSize: Number(video.fileSize),
  // A word of another version is no reason to open what may be meant to be closed.
  playback: video.playback === 'public' ? 'public' : 'signed',
  warnings: warnings.parse(video.warnings),
});
