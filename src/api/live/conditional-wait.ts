import type { Request, Response } from 'express';
import { isFinal } from '../../database/video-state.ts';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import { callerOf } from '../access/auth.ts';
import { namesTag, preferredWait, type Representation, sendConditional } from './conditional.ts';
import { endOf, takeSeat } from './live-end.ts';
import type { LiveState, LiveVideos } from './live-videos.ts';

/**
 * Answers a GET with what a video is, or after a change where the client would wait for it (`Prefer: wait`): with an If-None-Match as soon as
 * the representation is another, without one as soon as the video is final. `now` gives the answer for whoever does not wait. Throws
 * WAIT_TIMEOUT where nothing came in the time, RATE_LIMITED where too many wait, NOT_FOUND where the video has gone meanwhile.
 */
export async function answerOrWait(
  { request, response, live }: { request: Request; response: Response; live: LiveVideos },
  videoId: string,
  { now, of }: { now: () => Promise<Representation>; of: (state: LiveState) => Representation },
): Promise<void> {
  const seconds = preferredWait(request.get('prefer'));
  response.vary('prefer');
  if (seconds === null) return sendConditional(request, response, await now());

  const known = request.get('if-none-match');
  const waited = await waitFor(live, { videoId, seconds, response }, (state) =>
    known === undefined ? isFinal(state.video.status) : !namesTag(known, of(state).etag),
  );
  if (response.destroyed) return;
  if (waited.state === 'gone') throw new CatalogueError('NOT_FOUND', 'There is no such video.');
  response.set('preference-applied', `wait=${seconds}`);
  if (waited.met && waited.state) return sendConditional(request, response, of(waited.state));
  if (waited.state) response.set('etag', of(waited.state).etag);
  // The wait itself was the pause.
  response.set('retry-after', live.closing.aborted ? '1' : '0');
  if (live.closing.aborted) response.set('connection', 'close');
  const what = known === undefined ? 'The video is not final' : 'It is still what the client knows';
  throw new CatalogueError('WAIT_TIMEOUT', `${what}, after ${seconds} s.`);
}

/** The last state that was seen (null: none could be read), and whether it is what was waited for. */
interface Waited {
  state: LiveState | 'gone' | null;
  met: boolean;
}

async function waitFor(
  live: LiveVideos,
  { videoId, seconds, response }: { videoId: string; seconds: number; response: Response },
  isMet: (state: LiveState) => boolean,
): Promise<Waited> {
  const leave = takeSeat(response, live, callerOf(response));
  const follower = live.follow(videoId);
  const end = endOf(response, live);
  end.addEventListener('abort', follower.close);
  if (end.aborted) follower.close();
  const until = Date.now() + seconds * 1_000;
  let state: LiveState | null = null;
  try {
    // One look at least: `wait=0` is a look.
    for (let left = Math.max(seconds * 1_000, 1_000); left > 0 && !end.aborted; left = until - Date.now()) {
      const next = await follower.next(left);
      if (end.aborted) break;
      if (next === 'gone') return { state: next, met: false };
      state = next ?? state;
      if (state && isMet(state)) return { state, met: true };
    }
    return { state, met: false };
  } finally {
    follower.close();
    leave();
  }
}
