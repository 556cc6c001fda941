import { Readable } from 'node:stream';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { s3Error } from './s3-errors.ts';

/**
 * The bytes of an answer. The stream fails with SERVICE_UNAVAILABLE where the connection breaks, or is silent for `idleMs` while
 * bytes are wanted: a reader that pauses may take its time.
 */
export function openBody(body: Readable, idleMs: number, doing: string): Readable {
  body.on('error', () => {}); // it may come before anybody reads; the iterator tells it then
  const chunks: AsyncIterator<unknown> = body[Symbol.asyncIterator]();
  const stream = new Readable({
    highWaterMark: 1 << 18,
    read() {
      const timer = setTimeout(() => {
        body.destroy(new CatalogueError('SERVICE_UNAVAILABLE', `${doing}: no byte for ${idleMs} ms`));
      }, idleMs);
      chunks
        .next()
        .then(
          (next) => stream.push(next.done ? null : next.value),
          (error: unknown) => stream.destroy(s3Error(error, doing)),
        )
        .finally(() => clearTimeout(timer));
    },
    destroy(error, done) {
      body.destroy();
      done(error);
    },
  });
  return stream;
}
