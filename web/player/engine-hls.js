import Hls from '/assets/vendor/hls.mjs';
import { byName } from './sounds.js';

/** Plays a master playlist with hls.js. Where a browser has HLS but no Media Source (iPhone), it plays it itself. */
export async function openHls(media, url, { startTime, sound, onError }) {
  if (!Hls.isSupported()) return openNative(media, url, { onError });

  const hls = new Hls({
    workerPath: '/assets/vendor/hls.worker.js',
    startPosition: startTime || -1,
    ...(sound ? { audioPreference: { name: sound } } : {}),
  });
  hls.on(Hls.Events.ERROR, (_event, { fatal, type, details, response }) => {
    // What is not fatal hls.js mends itself: a buffer that ran dry, a request that it sends again.
    if (fatal) onError(`hls.js ${type} ${details}`, response?.code);
  });
  const parsed = new Promise((resolve) => hls.once(Hls.Events.MANIFEST_PARSED, resolve));
  const failed = new Promise((_, reject) =>
    hls.on(Hls.Events.ERROR, (_event, { fatal, details }) => fatal && reject(new Error(`hls.js: ${details}`))),
  );
  hls.loadSource(url);
  hls.attachMedia(media);
  await Promise.race([parsed, failed]);
  failed.catch(() => undefined);

  const hasPicture = hls.levels.some(({ height }) => height > 0);
  return {
    // Sound alone has levels without a picture.
    renditions: hls.levels
      .map(({ width, height, bitrate }, index) => ({ id: String(index), width, height, bitrate }))
      .filter(({ height }) => height > 0),
    sounds: byName(
      hls.allAudioTracks.map(({ name, lang, default: isDefault }) => ({ name, language: lang, isDefault })),
    ),
    select(id) {
      hls.currentLevel = id === null ? -1 : Number(id);
    },
    chooseSound(name) {
      // At once: up to a minute of the other one is buffered.
      hls.setAudioOption({ name, flushImmediate: true });
      // hls.js 1.7.4 keeps what it has of sound alone at the first change: there it does not know of which track that is.
      if (!hasPicture) hls.trigger(Hls.Events.BUFFER_FLUSHING, { startOffset: 0, endOffset: Infinity, type: 'audio' });
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
    sounds: [],
    select() {},
    chooseSound() {},
    async close() {
      media.removeAttribute('src');
      media.load();
    },
  };
}
