import type { Response } from 'express';
import type { Caller } from '../access/auth.ts';
import { callerKey } from '../access/caller-key.ts';
import type { LiveVideos } from './live-videos.ts';

/** Aborts when an answer that is held open has to end: its client has gone, or this process ends. */
export function endOf(response: Response, { closing }: Pick<LiveVideos, 'closing'>): AbortSignal {
  const end = new AbortController();
  const abort = () => end.abort();
  if (response.destroyed || closing.aborted) abort();
  closing.addEventListener('abort', abort, { once: true });
  response.once('close', () => {
    closing.removeEventListener('abort', abort);
    abort();
  });
  return end.signal;
}

/** Of all upload tokens of a video together: a page that uploads has one stream, and what it has left behind by loading again. */
const seatsOfUploadTokens = 5;

/** Takes a seat for an answer that is held open, until its end. Throws RATE_LIMITED, and says when to come again. */
export function takeSeat(response: Response, { seats }: Pick<LiveVideos, 'seats'>, caller: Caller): () => void {
  response.set('retry-after', '5');
  const leave = seats.take(callerKey(caller), caller.onlyVideo === undefined ? undefined : seatsOfUploadTokens);
  response.removeHeader('retry-after');
  response.once('close', leave);
  return leave;
}
