import type { VideoRow } from '../database/database.ts';
import { type UserError, userError } from '../errors/catalogue-error.ts';

/** What `GET /api/v1/videos/{id}` answers. Times are RFC 3339 in UTC, URLs absolute. */
export interface VideoBody {
  video_id: string;
  title: string;
  filename: string;
  status: VideoRow['status'];
  playable: boolean;
  priority: VideoRow['priority'];
  duration_seconds: number | null;
  width: number | null;
  height: number | null;
  codec: string | null;
  hls_url: string | null;
  dash_url: string | null;
  poster_url: string | null;
  thumbnails_url: string | null;
  warnings: { code: string; detail: string }[];
  error: UserError | null;
  created_at: string;
  started_at: string | null;
  completed_at: string | null;
}

/** A video's row in the shape of the API. Pure. */
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
