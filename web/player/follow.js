import { getStatus, RequestError, videoPath } from './api.js';

/** A stream tells how far a video is at once; one that has not by then is kept by a proxy, ms. */
const firstWordMs = 10_000;
/** Nothing may have happened for so long; or the connection is dead, ms. */
const silenceMs = 60_000;
const pollMs = 1_000;
/** Where no stream comes through, it is tried again after about a minute. */
const pollsWithoutStream = 60;

/** A video of these states stays as it is. */
export const isFinal = (status) => ['ready', 'failed', 'removed', 'cancelled', 'expired'].includes(status);

/**
 * Calls back with the status of a video whenever it changes, until it is final: by the API's event stream, and by asking where that breaks off
 * or does not come through. `onLost` is called while the server is away. Rejects with RequestError where the API refuses.
 */
export async function follow(videoId, { onStatus, onLost }) {
  const tell = (status) => {
    if (!isFinal(status.status)) onStatus(status);
    return isFinal(status.status);
  };
  for (;;) {
    await untilSeen();
    const streamed = await stream(videoId, { tell, onLost });
    if (streamed === 'final') return;
    for (let left = streamed === 'cut' ? 1 : pollsWithoutStream; left > 0; left -= 1) {
      await untilSeen();
      if (tell(await insist(() => getStatus(videoId), onLost))) return;
      await pause();
    }
  }
}

/** Asks until it is answered: a server that is away for a while is asked again. Rejects with RequestError where the API refuses. */
export async function insist(ask, onLost) {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof RequestError && !error.retryable) throw error;
      onLost();
    }
    await pause();
  }
}

/**
 * Until the video is `final`; else until the stream is `cut`, or nothing has come by it: `mute`. What breaks off the browser opens again itself,
 * with Last-Event-ID.
 */
function stream(videoId, { tell, onLost }) {
  return new Promise((resolve) => {
    const source = new EventSource(`${videoPath(videoId)}/events`);
    let heard = false;
    const end = (how) => {
      clearTimeout(timer);
      source.close();
      document.removeEventListener('visibilitychange', hide);
      resolve(how);
    };
    const hide = () => end('cut');
    document.addEventListener('visibilitychange', hide);
    const cut = () => end(heard ? 'cut' : 'mute');
    let timer = setTimeout(cut, firstWordMs);
    source.addEventListener('progress', ({ data }) => {
      heard = true;
      clearTimeout(timer);
      timer = setTimeout(cut, silenceMs);
      if (tell(JSON.parse(data))) end('final');
    });
    source.addEventListener('error', () => {
      onLost();
      // It does not open again where it was answered with an error.
      if (source.readyState === EventSource.CLOSED) cut();
    });
  });
}

/** A browser opens no more than six connections to a server by HTTP/1.1, in all its tabs: a page that nobody sees holds none. */
const untilSeen = () =>
  new Promise((resolve) => {
    if (document.hidden) document.addEventListener('visibilitychange', resolve, { once: true });
    else resolve();
  });

const pause = () => new Promise((resolve) => setTimeout(resolve, pollMs));
