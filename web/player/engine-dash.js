import { byName } from './sounds.js';

/** Plays an MPD with shaka-player. */
export async function openDash(media, url, { startTime, sound, onError }) {
  const shaka = await loadShaka();
  shaka.polyfill.installAll();
  const player = new shaka.Player();
  player.addEventListener('error', ({ detail }) => {
    if (detail.severity !== shaka.util.Error.Severity.CRITICAL) return;
    const status = detail.code === shaka.util.Error.Code.BAD_HTTP_STATUS ? detail.data[1] : undefined;
    onError(`shaka-player ${detail.code}`, status);
  });
  await player.attach(media);
  await player.load(url, startTime || null);
  const chooseSound = (name) => {
    const track = player.getAudioTracks().find(({ label }) => label === name);
    if (track && !track.active) player.selectAudioTrack(track);
  };
  if (sound) chooseSound(sound);

  return {
    // Sound alone has variants without a picture.
    renditions: distinct(player.getVariantTracks().filter(({ height }) => height)).map((track) => ({
      id: sizeOf(track),
      width: track.width,
      height: track.height,
      bitrate: track.videoBandwidth ?? track.bandwidth,
    })),
    sounds: byName(
      player
        .getAudioTracks()
        .map(({ label, language, primary }) => ({ name: label ?? language, language, isDefault: primary })),
    ),
    chooseSound,
    select(id) {
      player.configure('abr.enabled', id === null);
      const tracks = player.getVariantTracks();
      const active = tracks.find((track) => track.active);
      const sameAudio = (track) => track.audioId === active?.audioId;
      const wanted = tracks.filter((track) => sizeOf(track) === id);
      const track = wanted.find(sameAudio) ?? wanted[0];
      if (track) player.selectVariantTrack(track, true);
    },
    close: () => player.destroy(),
  };
}

const sizeOf = ({ width, height }) => `${width}x${height}`;

/** A variant is a picture with a sound: one entry for each picture. */
const distinct = (tracks) => [...new Map(tracks.map((track) => [sizeOf(track), track])).values()];

let loading;

/** The package has no ES module: a script element of our own origin, once, and only where DASH is asked for. */
function loadShaka() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = '/assets/vendor/shaka-player.js';
    script.onload = () => resolve(globalThis.shaka);
    script.onerror = () => reject(new Error('shaka-player could not be loaded'));
    document.head.append(script);
  });
  return loading;
}
