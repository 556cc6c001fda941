import type { VideoRow } from '../../database/database.ts';
import { userError } from '../../errors/catalogue-error.ts';
import { type Caller, isOperator } from '../access/auth.ts';
import { playbackUrls } from '../media/playback.ts';
import type { ApiSettings } from '../services.ts';
import type { VideoBody } from './video-answers.ts';

/** The absolute URL at which an object of one video plays; null where there is none, or nothing of it plays any more. */
export type UrlOf = (key: string | null) => string | null;

/** What makes the URLs of a video, as they are valid now, with the settings of this process. */
export function videoUrls(settings: ApiSettings): (video: VideoRow) => UrlOf {
  const { playbackUrl } = playbackUrls(settings);
  return (video) => {
    const now = new Date();
    return (key) => (video.status === 'removed' ? null : playbackUrl(video, key, now));
  };
}

/** What makes the bodies of videos, for whoever asks. */
export function videoBodies(settings: ApiSettings): (video: VideoRow, caller: Caller) => VideoBody {
  const urlsOf = videoUrls(settings);
  return (video, caller) => videoBody(video, urlsOf(video), { operator: isOperator(caller) });
}

/** A video's row in the shape of the API. Times are RFC 3339 in UTC. Pure. */
export function videoBody(video: VideoRow, url: UrlOf, { operator }: { operator: boolean }): VideoBody {
  const ready = video.status === 'ready';
  return {
    video_id: video.id,
    creator_id: video.creatorId,
    title: video.title,
    filename: video.filename,
    content_type: video.contentType,
    file_size_bytes: video.fileSize,
    status: video.status,
    playable: ready && video.hlsKey !== null,
    preset: video.preset,
    priority: video.priority,
    playback: video.playback,
    format: video.format,
    duration_seconds: video.durationSeconds,
    width: video.width,
    height: video.height,
    codec: video.codec,
    bitrate_kbps: video.bitrate,
    hls_url: url(video.hlsKey),
    dash_url: url(video.dashKey),
    poster_url: url(video.posterKey),
    thumbnails_url: url(video.thumbnailsKey),
    warnings: video.warnings.map(({ code, detail }) => ({ code, detail })),
    error: video.errorCode ? userError(video.errorCode, video.errorDetail ?? '', { operator }) : null,
    created_at: video.createdAt.toISOString(),
    uploaded_at: video.uploadedAt?.toISOString() ?? null,
    started_at: video.startedAt?.toISOString() ?? null,
    completed_at: video.completedAt?.toISOString() ?? null,
  };
}
