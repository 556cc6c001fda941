import type { Client } from './client.ts';

/** Told that an outbox entry waits. */
export const outboxChannel = 'reelmill_outbox';
/** Told a video's id when something about it has changed: at once, then about once a second per video and process. */
export const videoChannel = 'reelmill_video';

const videoIntervalMs = 1_000;

export type Notifier = ReturnType<typeof createNotifier>;

/**
 * Hints to other processes by NOTIFY, never inside a transaction (there it takes a lock of the whole server at commit).
 * A hint that is lost costs a poll interval, so an error is of no interest.
 */
export function createNotifier(client: Pick<Client, 'sql'>) {
  const notify = (channel: string, payload: string) =>
    client.sql('SELECT pg_notify($1, $2)', [channel, payload]).then(
      () => {},
      () => {},
    );
  const underway = new Set<Promise<void>>();
  const send = (channel: string, payload: string) => {
    const sending = notify(channel, payload).finally(() => underway.delete(sending));
    underway.add(sending);
  };

  /** Videos that were told of in this interval, and those that have changed again since. */
  let told = new Set<string>();
  let waiting = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const tellWaiting = () => {
    clearTimeout(timer);
    timer = undefined;
    told = waiting;
    waiting = new Set();
    for (const videoId of told) send(videoChannel, videoId);
    if (told.size > 0) timer = setTimeout(tellWaiting, videoIntervalMs).unref();
  };

  return {
    outboxEntry: () => send(outboxChannel, ''),
    videoChanged(videoId: string) {
      timer ??= setTimeout(tellWaiting, videoIntervalMs).unref();
      if (told.has(videoId)) {
        waiting.add(videoId);
        return;
      }
      told.add(videoId);
      send(videoChannel, videoId);
    },
    /** Sends what waits. */
    async flush() {
      tellWaiting();
      clearTimeout(timer);
      timer = undefined;
      await Promise.all(underway);
    },
  };
}
