import type { Client } from './client.ts';

/** Told that an outbox entry waits. */
export const outboxChannel = 'reelmill_outbox';
/** Told a video's id when something about it has changed, at most once a second per video and process. */
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

  const waiting = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const tellVideos = () => {
    timer = undefined;
    for (const videoId of waiting) send(videoChannel, videoId);
    waiting.clear();
  };

  return {
    outboxEntry: () => send(outboxChannel, ''),
    videoChanged(videoId: string) {
      waiting.add(videoId);
      timer ??= setTimeout(tellVideos, videoIntervalMs).unref();
    },
    /** Sends what waits. */
    async flush() {
      clearTimeout(timer);
      tellVideos();
      await Promise.all(underway);
    },
  };
}
