/** Manifests tell a player where to go on, so they are asked for again: where playback has ended, it ends behind caches, too. */
const manifestSeconds = 60;
const yearSeconds = 31_536_000;

/**
 * How long browsers and CDNs may keep what players fetch, from the API or from the bucket itself: objects are never overwritten, so segments
 * for ever; manifests for a minute; and nothing for longer than `mostSeconds`, which is what is left of a signed URL. Pure.
 */
export function mediaCacheControl(key: string, mostSeconds = Number.POSITIVE_INFINITY): string {
  const wanted = /\.(m3u8|mpd)$/.test(key) ? manifestSeconds : yearSeconds;
  const seconds = Math.max(0, Math.min(wanted, Math.floor(mostSeconds)));
  const immutable = wanted === yearSeconds && mostSeconds === Number.POSITIVE_INFINITY;
  return `public, max-age=${seconds}${immutable ? ', immutable' : ''}`;
}

/** What is stored with an object; null for what nobody but us reads. Pure. */
export const storedCacheControl = (key: string): string | null =>
  key.startsWith('transcoded/') ? mediaCacheControl(key) : null;
