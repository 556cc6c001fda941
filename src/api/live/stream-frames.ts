/** One event of a stream of server-sent events (WHATWG HTML, 9.2.5). An id stands only where a client is to come back with it. */
export interface ServerEvent {
  event: string;
  id?: string;
  data: unknown;
}

/** An event as it goes over the wire. Its data are one line: JSON holds no line ends. Pure. */
export const eventFrame = ({ event, id, data }: ServerEvent): string =>
  `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;

/** With which id a client is to come back: no event of its own (9.2.6, an id without data). Pure. */
export const placeFrame = (id: string): string => `id: ${id}\n\n`;

/** How long a client should wait before it comes back, ms. Pure. */
export const retryFrame = (ms: number): string => `retry: ${ms}\n\n`;

/** What is no event and keeps proxies from thinking that nobody is there. */
export const heartbeatFrame = ':\n\n';
