import type { VideoRow } from '../../database/database.ts';
import { signingKey } from '../access/signing-key.ts';
import type { ApiSettings } from '../services.ts';
import { playbackToken } from './playback-token.ts';

type PlaybackVideo = Pick<VideoRow, 'id' | 'playback'>;

/** The absolute URL of an object of a video, signed where the video plays by signed URLs; null where there is no object. */
export type PlaybackUrl = (video: PlaybackVideo, key: string | null, now: Date) => string | null;

/** What makes playback URLs with the settings of this process. */
export function playbackUrls({
  mediaUrl,
  playbackUrlSeconds,
  secret,
}: Pick<ApiSettings, 'mediaUrl' | 'playbackUrlSeconds' | 'secret'>) {
  const signing = signingKey(secret, 'playback');
  const until = (video: PlaybackVideo, key: string | null, expiresAt: Date): string | null => {
    if (!key) return null;
    const token = video.playback === 'signed' ? `/${playbackToken(video.id, expiresAt, signing)}` : '';
    return `${mediaUrl}${token}/${key}`;
  };
  const expiry = (now: Date) => steadyExpiry(now, playbackUrlSeconds);
  const playbackUrl: PlaybackUrl = (video, key, now) => until(video, key, expiry(now));
  return {
    /** Valid for PLAYBACK_URL_SECONDS at least, and the same for about an hour: what is cached under it stays of use. */
    playbackUrl,
    /** Valid until then. */
    until,
    expiry,
  };
}

/**
 * When a URL that is made now ends: after `seconds` at least, on a whole hour (or a whole multiple of `seconds`, where that is shorter), so
 * that all who ask within that time get the same one. Pure.
 */
export function steadyExpiry(now: Date, seconds: number): Date {
  const step = Math.min(3_600, seconds) * 1_000;
  return new Date(Math.ceil((now.getTime() + seconds * 1_000) / step) * step);
}
