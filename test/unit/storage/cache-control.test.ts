import { expect, test } from 'vitest';
import { mediaCacheControl, storedCacheControl } from '../../../src/storage/cache-control.ts';

const forEver = 'public, max-age=31536000, immutable';

test.each([
  ['transcoded/vid_1/run_1/package-1/h264/720p/seg-1.m4s', undefined, forEver],
  ['transcoded/vid_1/run_1/thumbnails-1/poster.jpg', undefined, forEver],
  ['transcoded/vid_1/run_1/package-1/manifest.m3u8', undefined, 'public, max-age=60'],
  ['transcoded/vid_1/run_1/package-1/manifest.mpd', 3_600, 'public, max-age=60'],
  ['transcoded/vid_1/run_1/package-1/manifest.mpd', 10.9, 'public, max-age=10'],
  ['transcoded/vid_1/run_1/package-1/h264/720p/seg-1.m4s', 3_600, 'public, max-age=3600'],
  ['transcoded/vid_1/run_1/package-1/h264/720p/seg-1.m4s', -5, 'public, max-age=0'],
])('%s with %s s left: %s', (key, seconds, header) => {
  expect(mediaCacheControl(key, seconds)).toBe(header);
});

test('what players do not fetch tells caches nothing', () => {
  expect(storedCacheControl('transcoded/vid_1/a.m4s')).toBe(forEver);
  expect(storedCacheControl('originals/vid_1/original.mp4')).toBeNull();
  expect(storedCacheControl('segments/vid_1/a.m4s')).toBeNull();
});
