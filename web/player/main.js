import { getVideo, RequestError } from './api.js';
import { element, show } from './dom.js';
import { follow, insist, isFinal } from './follow.js';
import { createPlayback } from './playback.js';
import { showProblem } from './problem-view.js';
import { showLost, showProgress } from './progress-view.js';
import { createRenditions } from './renditions.js';
import { showReport } from './report-view.js';
import { createSounds } from './sounds.js';

// At once, not after the first answer: the controls ask for it when they meet the video.
const renditions = createRenditions();
const sounds = createSounds();
Object.defineProperties(element('video'), { videoRenditions: { value: renditions }, audioTracks: { value: sounds } });

watch(decodeURIComponent(location.pathname.split('/').at(-1) ?? '')).catch(fail);

/** Shows a video as it is now, and follows it until it can be played or has ended. */
async function watch(videoId) {
  let video = await getVideo(videoId);
  name(video);
  while (!isFinal(video.status)) {
    state('processing');
    await follow(videoId, { onStatus: showProgress, onLost: showLost });
    video = await insist(() => getVideo(videoId), showLost);
  }
  if (!video.playable) {
    showProblem(
      video.error
        ? { ...video.error, type: `/problems/${video.error.code}` }
        : { code: video.status.toUpperCase(), detail: 'This video cannot be played.' },
    );
    state('failed');
    return;
  }
  name(video);
  showReport(video.warnings);
  show('stage');
  state('ready');
  const refresh = () => getVideo(video.video_id);
  await createPlayback({ video, renditions, sounds, media: element('video'), refresh }).start();
}

function name(video) {
  element('title').textContent = video.title;
  document.title = `${video.title} · Reelmill`;
}

function fail(error) {
  state('error');
  if (error instanceof RequestError) {
    showProblem(
      error.status === 401
        ? {
            ...error.problem,
            hint: 'Open a fresh login link: each works once. Whoever runs this server can give you one.',
          }
        : error.problem,
    );
    return;
  }
  showProblem({ code: 'PLAYER', detail: String(error?.message ?? error), hint: 'Reload the page.' });
}

function state(value) {
  element('watch').dataset.state = value;
}
