import type { Database, VideoRow } from '../../database/database.ts';
import type { VideoWork } from '../../database/read-progress.ts';
import type { Logger } from '../../log.ts';
import { createSeats, type Seats } from './live-seats.ts';
import { createTopic, type Follower, type Topic } from './live-topic.ts';

/** A video as one moment of its rows shows it. */
export interface LiveState {
  video: VideoRow;
  work: VideoWork;
  /** The id of its last event, '0' where it has none. All up to that of `video` are committed. */
  lastEvent: string;
}

/** What waits for videos to change. One for a process: however many wait for a video, its rows are read once a change. */
export interface LiveVideos {
  /** Gives the states of a video as they change; `gone` where there is no such video any more. */
  follow(videoId: string): Follower<LiveState | 'gone'>;
  seats: Seats;
  timings: LiveTimings;
  /** Aborts when the process ends: whoever waits answers at once. */
  closing: AbortSignal;
  close(): Promise<void>;
}

/** All in ms. */
export interface LiveTimings {
  /** A video is read at most so often. Each worker tells of its changes about once a second. */
  pauseMs: number;
  /** The net below hints that are lost. */
  netMs: number;
  /** A stream says no more of the progress than once in this time. */
  progressMs: number;
  /** Less than proxies wait for a silent server. */
  heartbeatMs: number;
  /** A key that is revoked loses its stream within twice this. */
  authoriseMs: number;
  /** Who reads nothing for so long is gone, or holds what others need. */
  stallMs: number;
  /** How long the client of a stream waits before it comes back. */
  retryMs: number;
}

const defaultTimings: LiveTimings = {
  ...{ pauseMs: 500, netMs: 4_000, progressMs: 1_000 },
  ...{ heartbeatMs: 15_000, authoriseMs: 12_000, stallMs: 30_000, retryMs: 2_000 },
};

export interface LiveOptions {
  database: Pick<Database, 'videos' | 'work' | 'events'>;
  log: Logger;
  /** Streams and waits that one key, and this process, may hold open; 0: no limit. */
  limits: { perKey: number; all: number };
  /** Where they are not the usual ones. */
  timings?: Partial<LiveTimings>;
}

/** Begins to listen for changes of videos. Rejects with SERVICE_UNAVAILABLE where Postgres does not answer. */
export async function openLiveVideos({ database, log, limits, timings: changed }: LiveOptions): Promise<LiveVideos> {
  const timings = { ...defaultTimings, ...changed };
  const topics = new Map<string, Topic<LiveState | 'gone'>>();
  const closing = new AbortController();
  const listener = await database.events.listen((videoId) => {
    if (videoId) topics.get(videoId)?.wake();
    else for (const topic of topics.values()) topic.wake();
  });
  const endNet = lookNowAndThen(database, topics, timings.netMs);

  return {
    seats: createSeats(limits),
    timings,
    closing: closing.signal,
    follow(videoId) {
      const topic =
        topics.get(videoId) ??
        createTopic({
          read: () => readState(database, videoId),
          pauseMs: timings.pauseMs,
          // A Postgres that is away is told of by what listens; the net asks again.
          onError: (error) => log.debug({ err: error, videoId }, 'a video could not be read for those who wait'),
          onEmpty: () => topics.delete(videoId),
        });
      topics.set(videoId, topic);
      return topic.follow();
    },
    async close() {
      closing.abort();
      endNet();
      await listener.close();
    },
  };
}

/** A video and what hangs on it. What is read later may be newer, never older. */
async function readState(database: LiveOptions['database'], videoId: string): Promise<LiveState | 'gone'> {
  const video = await database.videos.find(videoId);
  if (!video) return 'gone';
  const [work, lastEvent] = await Promise.all([database.work(videoId), database.events.last(videoId)]);
  return { video, work, lastEvent };
}

/** One statement for all videos that are followed, now and then; wakes those that have changed unheard. Gives what ends it. */
function lookNowAndThen(
  database: LiveOptions['database'],
  topics: ReadonlyMap<string, Topic<LiveState | 'gone'>>,
  everyMs: number,
): () => void {
  let before = new Map<string, string>();
  let looking = false;
  const look = async () => {
    if (topics.size === 0 || looking) return;
    looking = true;
    try {
      const now = await database.events.pulses([...topics.keys()]);
      for (const [videoId, topic] of topics) {
        if (now.get(videoId) !== before.get(videoId)) topic.wake();
      }
      before = now;
    } catch {
      before = new Map(); // away: then all are looked at
    }
    looking = false;
  };
  const timer = setInterval(() => void look(), everyMs).unref();
  return () => clearInterval(timer);
}
