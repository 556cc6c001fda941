import { z } from 'zod';
import { type VideoEvent, videoEventTypes } from '../../database/events.ts';
import { limitOf } from '../http/paging.ts';
import type { Operation } from '../operation.ts';

/** An id of an event: a number that Postgres has counted. */
const eventId = z
  .string()
  .regex(/^\d{1,18}$/, 'the id of an event, as an answer gave it')
  .meta({ example: '1742' });

const eventSchema = z
  .object({
    id: eventId,
    type: z.enum(videoEventTypes),
    created_at: z.iso.datetime().meta({ description: 'RFC 3339, UTC.' }),
    data: z
      .record(z.string(), z.unknown())
      .meta({ description: 'What it is now, and mostly `from`: what it was before.', example: { status: 'ready' } }),
  })
  .meta({ id: 'VideoEvent' });
export type EventBody = z.infer<typeof eventSchema>;

export const eventsSchema = z
  .object({
    events: z.array(eventSchema),
    next_cursor: eventId.nullable().meta({ description: 'For `after`: there are more; null at the end.' }),
  })
  .meta({ id: 'VideoEvents' });

export const eventsQuery = z.strictObject({
  after: eventId.optional().meta({ description: 'The last event that is known: those after it.' }),
  limit: limitOf(100, 'Most events of a JSON answer.'),
});

/** The Last-Event-ID with which an EventSource comes back. */
export const lastEventId = eventId;

/** An event in the shape of the API. Pure. */
export const eventBody = ({ id, type, createdAt, data }: VideoEvent): EventBody => ({
  ...{ id, type, created_at: createdAt.toISOString(), data },
});

const streamWords = [
  'As `text/event-stream` (WHATWG HTML, 9.2): the events after `Last-Event-ID` or `after`, each with its id, under its type, then those that come.',
  'Between them `progress`, without an id: what `…/status` answers, whenever that changes, at most once a second.',
  'A client whose last event is not there yet, as after a database was restored, begins at the last one that is, and is told its id without an event.',
  'After the final state a last `progress` and `end`, and the stream is over.',
].join(' ');

export const eventsOperations: Operation[] = [
  {
    method: 'get',
    path: '/api/v1/videos/{id}/events',
    id: 'listVideoEvents',
    tag: 'Videos',
    summary: 'What has happened to a video, oldest first; or, as an event stream, what happens',
    access: ['videos:read', 'operate'],
    uploadToken: true,
    query: eventsQuery,
    headers: {
      'Last-Event-ID': 'Of an event stream: the last event that the client has. An EventSource sends it by itself.',
    },
    answers: {
      200: { description: `Its events. ${streamWords}`, body: eventsSchema, otherMediaTypes: ['text/event-stream'] },
      204: {
        description: 'Of an event stream: the video is final, and the client has all. An EventSource stops at it.',
      },
    },
  },
];
