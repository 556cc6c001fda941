import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';

export interface StreamEvent {
  event: string;
  id: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into data of every shape.
  data: any;
}

/** A stream of server-sent events, read as WHATWG HTML 9.2.6 has it, on a connection of its own. */
export interface EventStream {
  status: number;
  headers: IncomingMessage['headers'];
  /** All that has come so far, and the comments and hints between. */
  events: StreamEvent[];
  text(): string;
  /** The first event that fits, as soon as it has come. Rejects where the stream ends without. */
  until(fits: (event: StreamEvent) => boolean): Promise<StreamEvent>;
  /** Resolves when the server has ended it, or it was cut. */
  ended: Promise<void>;
  /** Cuts the connection. */
  cut(): void;
  /** Stops and goes on reading from the socket. */
  pause(): void;
  resume(): void;
}

/** Opens a stream as an EventSource does. `lastId`: of a client that comes back. */
export async function openEventStream(
  url: string,
  { lastId, headers = {} }: { lastId?: string; headers?: Record<string, string> } = {},
): Promise<EventStream> {
  const request = get(url, {
    agent: false,
    headers: { accept: 'text/event-stream', ...(lastId && { 'last-event-id': lastId }), ...headers },
  });
  const [response]: IncomingMessage[] = await once(request, 'response');
  if (!response) throw new Error('no answer');
  request.on('error', () => {});
  response.on('error', () => {});
  let text = '';
  let rest = '';
  const events: StreamEvent[] = [];
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    events.push(...blocks.flatMap(parseBlock));
    response.emit('parsed');
  });
  const ended = new Promise<void>((resolve) => void response.once('close', resolve));
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    events,
    ended,
    text: () => text,
    async until(fits) {
      for (;;) {
        const found = events.find(fits);
        if (found) return found;
        if (response.closed) throw new Error(`the stream ended after ${JSON.stringify(events)}`);
        await Promise.race([once(response, 'parsed'), ended]);
      }
    },
    cut: () => request.destroy(),
    pause: () => void response.pause(),
    resume: () => void response.resume(),
  };
}

function parseBlock(block: string): StreamEvent[] {
  const fields = block.split('\n').map((line) => line.split(/: ?(.*)/s, 2));
  const field = (name: string) => fields.find(([key]) => key === name)?.[1];
  const data = field('data');
  return data === undefined
    ? []
    : [{ event: field('event') ?? 'message', id: field('id') ?? null, data: JSON.parse(data) }];
}
