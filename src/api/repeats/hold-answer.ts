import type { Response } from 'express';

/** An answer that is ready and not sent. */
export interface HeldAnswer {
  status: number;
  body: Buffer;
}

/**
 * Shows an answer to `settle` before a byte of it is sent, and sends it when that is done. Where `settle` rejects, nothing of the
 * answer is left, and `refuse` is to answer instead. For answers that are sent whole, not for streams.
 */
export function holdAnswer(
  response: Response,
  settle: (answer: HeldAnswer) => Promise<void>,
  refuse: (error: unknown) => void,
): void {
  const before = Object.keys(response.getHeaders());
  const end = response.end.bind(response);
  response.end = (chunk?: unknown, encoding?: unknown) => {
    const body = bytesOf(chunk, encoding);
    settle({ status: response.statusCode, body }).then(
      () => {
        response.end = end;
        if (body.length > 0) end(body);
        else end();
      },
      (error: unknown) => {
        response.end = end;
        for (const name of response.getHeaderNames()) if (!before.includes(name)) response.removeHeader(name);
        refuse(error);
      },
    );
    return response;
  };
}

function bytesOf(chunk: unknown, encoding: unknown): Buffer {
  if (chunk instanceof Uint8Array) return Buffer.from(chunk);
  if (typeof chunk !== 'string') return Buffer.alloc(0);
  return Buffer.from(chunk, typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8');
}
