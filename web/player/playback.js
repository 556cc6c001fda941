import { element } from './dom.js';
import { openDash } from './engine-dash.js';
import { openHls } from './engine-hls.js';
import { showFacts } from './facts-view.js';
import { focusMenus, forwardKeys } from './keys.js';

/** What is refused sooner than this after fresh URLs came has another reason, ms. */
const leastBetweenMs = 3_000;
const engines = { hls: { open: openHls, url: 'hls_url' }, dash: { open: openDash, url: 'dash_url' } };

/** Plays a ready video, and lets the format be changed while it plays. */
export function createPlayback({ video: given, renditions, sounds, media, refresh }) {
  let video = given;
  let engine = null;
  let name = '';
  let turn = Promise.resolve();
  let freshUntil = 0;

  renditions.addEventListener('select', ({ detail }) => engine?.select(detail));
  sounds.addEventListener('select', ({ detail }) => engine?.chooseSound(detail));
  sounds.addEventListener('change', () => {
    element('watch').dataset.sound = sounds.chosen ?? '';
  });

  /** Changes to an engine at the same place of the film, in the same language. */
  async function use(wanted, { again = false } = {}) {
    if (wanted === name && !again) return;
    const { currentTime, paused } = media;
    const sound = sounds.chosen;
    const height = again ? [...renditions][renditions.selectedIndex]?.height : undefined;
    await engine?.close();
    engine = null;
    renditions.replace([]);
    sounds.replace([]);
    name = wanted;
    markEngine(wanted);
    engine = await engines[wanted].open(media, video[engines[wanted].url], {
      startTime: currentTime,
      sound,
      onError: (message, status) => mend(message, status),
    });
    renditions.replace([...engine.renditions].sort((a, b) => b.height - a.height));
    sounds.replace(engine.sounds, sound);
    const kept = [...renditions].findIndex((rendition) => rendition.height === height);
    if (kept >= 0) renditions.selectedIndex = kept;
    element('watch').dataset.renditions = [...renditions].map(({ height }) => height).join(' ');
    element('watch').dataset.loaded = wanted;
    if (!paused) await media.play().catch(() => undefined);
  }

  /** One change after the other: two clicks must not leave two engines on one video. */
  const change = (wanted, options) => {
    turn = turn.then(() => use(wanted, options)).catch((error) => report(String(error?.message ?? error)));
    return turn;
  };

  /**
   * A signed URL that has expired meanwhile is refused, and so is an open one once the video plays by signed ones: fresh ones are asked for,
   * and the film goes on at the same place.
   */
  async function mend(message, status) {
    if (status !== 403 || Date.now() < freshUntil) return report(message);
    freshUntil = Date.now() + leastBetweenMs;
    try {
      video = await refresh();
      await change(name, { again: true });
    } catch (error) {
      report(String(error?.message ?? error));
    }
  }

  return {
    start() {
      if (video.poster_url) media.poster = video.poster_url;
      if (video.thumbnails_url) media.append(thumbnailTrack(video.thumbnails_url));
      if (video.width && video.height) element('controller').style.aspectRatio = `${video.width} / ${video.height}`;
      else showAsSound();
      element('engines').hidden = false;
      element('engines').addEventListener('click', ({ target }) => {
        const wanted = target.closest('button')?.dataset.engine;
        if (wanted) change(wanted);
      });
      forwardKeys(element('controller'));
      focusMenus(element('controller'));
      showFacts({ media, video });
      return change(new URLSearchParams(location.search).get('engine') === 'dash' ? 'dash' : 'hls');
    },
  };
}

/** Sound alone: the controls stay, a drawing stands where the picture would be, and there is nothing to fill a screen with. */
function showAsSound() {
  element('controller').setAttribute('audio', '');
  element('controller').setAttribute('hotkeys', 'nof');
  element('cover').hidden = false;
  element('watch').dataset.kind = 'sound';
}

function markEngine(name) {
  element('watch').dataset.engine = name;
  for (const button of element('engines').querySelectorAll('button')) {
    button.setAttribute('aria-pressed', String(button.dataset.engine === name));
  }
  const url = new URL(location.href);
  url.searchParams.set('engine', name);
  history.replaceState(null, '', url);
}

function thumbnailTrack(src) {
  return Object.assign(document.createElement('track'), { kind: 'metadata', label: 'thumbnails', default: true, src });
}

/** Counts what a player could not mend, and says it in the page. */
function report(message) {
  const watch = element('watch');
  watch.dataset.errors = String(Number(watch.dataset.errors) + 1);
  watch.dataset.lastError = message;
  element('facts').textContent = `Playback failed: ${message}`;
}
