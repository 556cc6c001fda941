import Hls from '/assets/vendor/hls.mjs';

/** Plays a master playlist with hls.js. Where a browser has HLS but no Media Source (iPhone), it plays it itself. */
export async function openHls(media, url, { startTime, onError }) {
  if (!Hls.isSupported()) return openNative(media, url, { onError });

  const hls = new Hls({ workerPath: '/assets/vendor/hls.worker.js', startPosition: startTime || -1 });
  hls.on(Hls.Events.ERROR, (_event, { fatal, type, details }) => {
    // What is not fatal hls.js mends itself: a buffer that ran dry, a request that it sends again.
    if (fatal) onError(`hls.js ${type} ${details}`);
  });
  const parsed = new Promise((resolve) => hls.once(Hls.Events.MANIFEST_PARSED, resolve));
  const failed = new Promise((_, reject) =>
    hls.on(Hls.Events.ERROR, (_event, { fatal, details }) => fatal && reject(new Error(`hls.js: ${details}`))),
  );
  hls.loadSource(url);
  hls.attachMedia(media);
  await Promise.race([parsed, failed]);
  failed.catch(() => undefined);

  return {
    renditions: hls.levels.map(({ width, height, bitrate }, index) => ({ id: String(index), width, height, bitrate })),
    select(id) {
      hls.currentLevel = id === null ? -1 : Number(id);
    },
    async close() {
      hls.destroy();
    },
  };
}

async function openNative(media, url, { onError }) {
  media.addEventListener('error', () => onError(`media error ${media.error?.code}`));
  media.src = url;
  return {
    renditions: [],
    select() {},
    async close() {
      media.removeAttribute('src');
      media.load();
    },
  };
}
