/**
 * How long caches may keep what players fetch; null for what nobody but us reads. Every run has a folder of its own and no object is
 * ever replaced, so media are immutable. Lists are not replaced either, and yet are looked for again after a minute: when a video is
 * removed, its playback is to end in caches too. Pure.
 */
export function cacheControlOf(key: string): string | null {
  if (!key.startsWith('transcoded/')) return null;
  return /\.(m3u8|mpd)$/.test(key) ? 'public, max-age=60' : 'public, max-age=31536000, immutable';
}
