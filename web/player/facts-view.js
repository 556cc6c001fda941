import { element } from './dom.js';

/** Keeps the line below the title true: the size of the rung on show (the source may be larger), length, dropped frames. Tests read the same facts as data attributes. */
export function showFacts({ media, video }) {
  const watch = element('watch');
  const update = () => {
    watch.dataset.height = String(media.videoHeight);
    watch.dataset.time = media.currentTime.toFixed(3);
    if (watch.dataset.lastError) return;
    element('facts').textContent = [
      media.videoHeight > 0 ? `playing ${media.videoWidth} × ${media.videoHeight}` : null,
      video.duration_seconds ? clock(video.duration_seconds) : null,
      video.codec ? `source ${video.codec}` : null,
      dropped(media),
    ]
      .filter(Boolean)
      .join('  ·  ');
  };
  for (const event of ['loadedmetadata', 'resize', 'timeupdate', 'seeked', 'playing'])
    media.addEventListener(event, update);
  update();
}

function dropped(media) {
  const count = media.getVideoPlaybackQuality?.().droppedVideoFrames ?? 0;
  return count > 0 ? `${count} dropped ${count === 1 ? 'frame' : 'frames'}` : null;
}

/** `1:02:03`, `2:03` */
function clock(seconds) {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] > 0 ? parts : parts.slice(1);
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}
