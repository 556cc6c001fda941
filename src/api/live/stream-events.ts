import type { VideoEvents } from '../../database/events.ts';
import { isFinal } from '../../database/video-state.ts';
import type { StatusBody } from '../videos/video-answers.ts';
import { eventBody } from './events-answers.ts';
import type { Follower } from './live-topic.ts';
import type { LiveState, LiveTimings } from './live-videos.ts';
import { statusOf } from './status.ts';
import { eventFrame, heartbeatFrame, placeFrame, retryFrame } from './stream-frames.ts';
import type { StreamWriter } from './stream-writer.ts';

/** After Postgres did not answer. */
const againMs = 1_000;
const pageSize = 100;
/** An estimate that moves by less is the same to a reader. */
const estimateMs = 3_000;

export interface EventStream {
  follower: Follower<LiveState | 'gone'>;
  events: Pick<VideoEvents, 'after'>;
  writer: StreamWriter;
  /** The last event that the client has; '0' for none. */
  after: string;
  /** Whoever has it aborted closes the follower too. */
  end: AbortSignal;
  /** False once the caller may not see the video any more. Asked now and then. */
  mayGoOn: () => Promise<boolean>;
}

/**
 * Streams what happens to a video until it is final, has gone, or may not be seen any more. Every event goes out once, in order; of the
 * progress only the newest, when the client has read what came before. Rejects where the client is gone, or does not read.
 */
export async function streamEvents(
  { follower, events, writer, after, end, mayGoOn }: EventStream,
  timings: LiveTimings,
): Promise<void> {
  const { retryMs, heartbeatMs, authoriseMs } = timings;
  const say = createSpeaker(writer, timings);
  await writer.write(retryFrame(retryMs));
  let sent = after;
  let state: LiveState | null = null;
  let askedAt = Date.now();
  for (let waitMs = heartbeatMs; ; ) {
    const next = await follower.next(waitMs);
    if (next === 'gone' || end.aborted) return;
    if (next && state && BigInt(next.lastEvent) < BigInt(state.lastEvent)) {
      // The database was restored: its events go on from here.
      sent = next.lastEvent;
      await writer.write(placeFrame(sent));
    }
    state = next ?? state;
    if (Date.now() - askedAt >= authoriseMs) {
      askedAt = Date.now();
      if (!(await mayGoOn())) return;
    }
    waitMs = Math.min(say.heartbeatIn(), authoriseMs);
    if (state) {
      const reached = await sendEvents(state, sent);
      sent = reached.sent;
      if (!reached.all) waitMs = againMs;
      else if (isFinal(state.video.status)) {
        await say.progress(state, 'now');
        await writer.write(eventFrame({ event: 'end', data: { status: state.video.status } }));
        return;
      } else waitMs = Math.min(waitMs, await say.progress(state, 'in its time'));
    }
    await say.heartbeat();
  }

  /** All events up to a state; `all` is false where Postgres does not answer. */
  async function sendEvents({ video, lastEvent }: LiveState, from: string): Promise<{ sent: string; all: boolean }> {
    let last = from;
    while (BigInt(last) < BigInt(lastEvent)) {
      const page = await events.after(video.id, last, pageSize).catch(() => null);
      if (!page) return { sent: last, all: false };
      for (const event of page) {
        await say.event(eventFrame({ event: event.type, id: event.id, data: eventBody(event) }));
        last = event.id;
      }
      if (page.length === 0) break;
    }
    return { sent: last, all: true };
  }
}

/** Says things on a stream, and knows what it has said when. */
function createSpeaker(writer: StreamWriter, { heartbeatMs, progressMs }: LiveTimings) {
  let spokenAt = Date.now();
  let shown: { etag: string; estimate: string | null; at: number } | null = null;
  const event = async (text: string) => {
    await writer.write(text);
    spokenAt = Date.now();
  };
  const heartbeatIn = () => Math.max(0, spokenAt + heartbeatMs - Date.now());
  return {
    event,
    heartbeatIn,
    async heartbeat() {
      if (heartbeatIn() === 0) await event(heartbeatFrame);
    },
    /** Says how far a video is, where that is not what was said last. Gives how long it waits where it is too early for that, ms. */
    async progress(state: LiveState, when: 'now' | 'in its time'): Promise<number> {
      const { body, etag } = statusOf(state, new Date());
      const last = shown;
      const isNews = last?.etag !== etag || hasMoved(last.estimate, body.estimated_completion);
      if (!isNews && when === 'in its time') return heartbeatMs;
      const tooEarly = last ? last.at + progressMs - Date.now() : 0;
      if (tooEarly > 0 && when === 'in its time') return tooEarly;
      await event(eventFrame({ event: 'progress', data: body satisfies StatusBody }));
      shown = { etag, estimate: body.estimated_completion, at: Date.now() };
      return heartbeatMs;
    },
  };
}

const hasMoved = (before: string | null, now: string | null): boolean =>
  before === null || now === null ? before !== now : Math.abs(Date.parse(now) - Date.parse(before)) >= estimateMs;
