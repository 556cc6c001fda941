import type { VideoRow } from '../database/database.ts';
import { userError } from '../errors/catalogue-error.ts';
import type { VideoBody } from './video-answers.ts';

/** A video's row in the shape of the API. Times are RFC 3339 in UTC, URLs absolute. Pure. */
export function videoBody(video: VideoRow, publicUrl: string): VideoBody {
  const url = (key: string | null) => (key ? `${publicUrl}/media/${key}` : null);
  const ready = video.status === 'ready';
  return {
    video_id: video.id,
    title: video.title,
    filename: video.filename,
    status: video.status,
    playable: ready && video.hlsKey !== null,
    priority: video.priority,
    duration_seconds: video.durationSeconds,
    width: video.width,
    height: video.height,
    codec: video.codec,
    hls_url: url(video.hlsKey),
    dash_url: url(video.dashKey),
    poster_url: url(video.posterKey),
    thumbnails_url: url(video.thumbnailsKey),
    warnings: video.warnings.map(({ code, detail }) => ({ code, detail })),
    error: video.errorCode ? userError(video.errorCode, video.errorDetail ?? '') : null,
    created_at: video.createdAt.toISOString(),
    started_at: video.startedAt?.toISOString() ?? null,
    completed_at: video.completedAt?.toISOString() ?? null,
  };
}
