import type { IncomingMessage } from 'node:http';
import { CatalogueError } from '../../errors/catalogue-error.ts';

/**
 * The bytes of a body of at most `limit` that comes whole within `timeoutMs`. Rejects with REQUEST_TOO_LARGE or REQUEST_TOO_SLOW at once: a
 * body that goes on is not waited for. (A parser that drains what it has refused would be held by a body without an end.)
 */
export function readBody(
  request: IncomingMessage,
  { limit, timeoutMs }: { limit: number; timeoutMs: number },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const stop = () => {
      clearTimeout(timer);
      request.off('data', take).off('end', end).off('close', cut).off('error', cut).pause();
    };
    const refuse = (code: 'REQUEST_TOO_LARGE' | 'REQUEST_TOO_SLOW' | 'REQUEST_MALFORMED', detail: string) => {
      stop();
      reject(new CatalogueError(code, detail));
    };
    const tooLarge = () => refuse('REQUEST_TOO_LARGE', `body: at most ${limit} bytes are read of it here.`);
    const take = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > limit) tooLarge();
      else chunks.push(chunk);
    };
    const end = () => {
      stop();
      resolve(Buffer.concat(chunks));
    };
    const cut = () => refuse('REQUEST_MALFORMED', 'body: ended before it was whole.');
    const timer = setTimeout(
      () => refuse('REQUEST_TOO_SLOW', `The body has not come whole in ${timeoutMs / 1_000} s.`),
      timeoutMs,
    );
    if (Number(request.headers['content-length'] ?? 0) > limit) tooLarge();
    else request.on('data', take).on('end', end).on('close', cut).on('error', cut);
  });
}
