import { type Request, type Response, Router } from 'express';
import type { VideoRow } from '../../database/database.ts';
import { isFinal } from '../../database/video-state.ts';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import { authenticator, callerOf, permit } from '../access/auth.ts';
import { operationOf } from '../access/authorise.ts';
import { ownVideo } from '../access/own-video.ts';
import { onePage } from '../http/paging.ts';
import { readQuery } from '../http/read-query.ts';
import type { ApiServices } from '../services.ts';
import { eventBody, eventsQuery, lastEventId } from './events-answers.ts';
import { endOf, takeSeat } from './live-end.ts';
import { streamEvents } from './stream-events.ts';
import { placeFrame } from './stream-frames.ts';
import { openStream } from './stream-writer.ts';

/** `GET /{id}/events`: what has happened to a video as JSON, or what happens as a stream of server-sent events. */
export function eventRoutes(services: ApiServices): Router {
  const { database } = services;
  return Router().get('/:id/events', async (request, response) => {
    const video = await ownVideo(database, response, request.params.id);
    const { after = '0', limit } = readQuery(eventsQuery, request.query);
    response.vary('accept');
    if (request.accepts(['application/json', 'text/event-stream']) === 'text/event-stream') {
      await answerStream(services, { request, response, video, after: cameBackAfter(request) ?? after });
      return;
    }
    const page = onePage(await database.events.after(video.id, after, limit + 1), limit);
    response.json({ events: page.rows.map(eventBody), next_cursor: page.last?.id ?? null });
  });
}

/** The Last-Event-ID of a client that comes back: it knows better than the URL that it began with. */
function cameBackAfter(request: Request): string | null {
  const header = request.get('last-event-id');
  if (!header) return null;
  const parsed = lastEventId.safeParse(header);
  if (!parsed.success) throw new CatalogueError('REQUEST_MALFORMED', 'Last-Event-ID: not an id of this stream.');
  return parsed.data;
}

async function answerStream(
  services: ApiServices,
  { request, response, video, after }: { request: Request; response: Response; video: VideoRow; after: string },
): Promise<void> {
  const { database, live, log } = services;
  const last = after === '0' ? null : BigInt(await database.events.last(video.id));
  if (last === BigInt(after) && isFinal(video.status)) {
    response.status(204).end();
    return;
  }
  // A database that was restored counts on from an earlier event: whoever waited for a later one than there is would never be told anything.
  const isAhead = last !== null && last < BigInt(after);
  const from = isAhead ? String(last) : after;
  const leave = takeSeat(response, live, callerOf(response));
  const end = endOf(response, live);
  const follower = live.follow(video.id);
  end.addEventListener('abort', follower.close);
  if (end.aborted) follower.close();
  try {
    const writer = openStream(response, end, live.timings.stallMs);
    if (request.method === 'GET') {
      if (isAhead) await writer.write(placeFrame(from));
      const mayGoOn = () => maySee(services, request, response, video.id);
      await streamEvents({ follower, events: database.events, writer, after: from, end, mayGoOn }, live.timings);
    }
  } catch (error) {
    // Who is gone, or reads nothing, is told nothing; headers are out.
    if (!end.aborted) log.debug({ err: error, videoId: video.id }, 'a stream was cut');
    if (!end.aborted) response.destroy();
  } finally {
    follower.close();
    leave();
    response.end();
  }
}

/** Whether whoever asked may still see the video. A Postgres that does not answer takes nothing away. */
async function maySee(services: ApiServices, request: Request, response: Response, videoId: string): Promise<boolean> {
  const { access, uploadToken } = operationOf(response);
  if (access === 'anybody') return true;
  try {
    const caller = permit(await authenticator(services)(request), { access, uploadToken });
    await ownVideo(services.database, response, videoId, caller);
    return true;
  } catch (error) {
    return !(error instanceof CatalogueError && error.entry.httpStatus < 500);
  }
}
