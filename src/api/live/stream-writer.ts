import { once } from 'node:events';
import type { Response } from 'express';

/** Writes to a client no faster than it reads. */
export interface StreamWriter {
  /** Resolves when there is room for more. Rejects with the signal's reason, or where the client has read nothing for too long. */
  write(text: string): Promise<void>;
}

/** Begins a stream of server-sent events: nothing between us and the client is to keep or to pack it. `stallMs`: the longest that
 *  it may read nothing. */
export function openStream(response: Response, end: AbortSignal, stallMs: number): StreamWriter {
  response
    .status(200)
    .set({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      // nginx and those who follow it: pass on each event at once
      'x-accel-buffering': 'no',
    })
    .flushHeaders();
  return {
    async write(text) {
      end.throwIfAborted();
      if (response.write(text)) return;
      await once(response, 'drain', { signal: AbortSignal.any([end, AbortSignal.timeout(stallMs)]) });
    },
  };
}
