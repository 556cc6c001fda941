import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { s3Error } from './s3-errors.ts';

export interface BodyOptions {
  /** How many bytes will come. */
  length: number;
  /** What is left of them from the `offset`th on, of the same object. Rejects where that is over. */
  reopen(offset: number): Promise<Readable>;
  /** Silence after which a connection is given up, ms. */
  idleMs: number;
  /** How many breaks in a row may bring next to nothing. */
  mostBreaks: number;
  /** What is read, for errors. */
  doing: string;
}

/** A connection that brought less than this was of no use, bytes. */
const leastProgress = 1 << 18;
const firstWaitMs = 100;
const longestWaitMs = 5_000;

/**
 * The bytes of an answer; where the connection breaks or falls silent they go on from another one, after a wait with jitter. Silence
 * counts while bytes are wanted: a reader that pauses may take its time. Fails with SERVICE_UNAVAILABLE where too many connections break.
 */
export function openBody(first: Readable, { length, reopen, idleMs, mostBreaks, doing }: BodyOptions): Readable {
  const stopped = new AbortController();
  let source = watch(first, idleMs, doing);
  let received = 0;
  let breaks = 0;
  let lastBreakAt = 0;

  const goOn = async (error: unknown): Promise<void> => {
    stopped.signal.throwIfAborted();
    breaks = received - lastBreakAt >= leastProgress ? 1 : breaks + 1;
    lastBreakAt = received;
    if (breaks > mostBreaks) throw s3Error(error, doing);
    await wait(jitter(breaks), undefined, { signal: stopped.signal });
    source = watch(await reopen(received), idleMs, doing);
    if (stopped.signal.aborted) source.body.destroy();
  };
  const next = async (): Promise<Uint8Array | null> => {
    while (received < length) {
      try {
        const chunk = await source.next();
        if (!chunk) throw new CatalogueError('SERVICE_UNAVAILABLE', `${doing}: ${received} of ${length} bytes came`);
        received += chunk.length;
        return chunk;
      } catch (error) {
        await goOn(error);
      }
    }
    return null;
  };

  const stream = new Readable({
    highWaterMark: 1 << 18,
    read: () =>
      void next().then(
        (chunk) => stream.push(chunk),
        (error: unknown) => stream.destroy(s3Error(error, doing)),
      ),
    destroy(error, done) {
      stopped.abort();
      source.body.destroy();
      done(error);
    },
  });
  return stream;
}

/** Full jitter, doubling. https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ */
const jitter = (times: number): number => Math.random() * Math.min(firstWaitMs * 2 ** times, longestWaitMs);

function watch(body: Readable, idleMs: number, doing: string) {
  body.on('error', () => {}); // it may come before anybody reads; the iterator tells it then
  const chunks: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
  return {
    body,
    async next(): Promise<Uint8Array | null> {
      const timer = setTimeout(() => {
        body.destroy(new CatalogueError('SERVICE_UNAVAILABLE', `${doing}: no byte for ${idleMs} ms`));
      }, idleMs);
      try {
        const { done, value } = await chunks.next();
        return done ? null : value;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
