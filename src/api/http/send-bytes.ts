import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';

/** Streams a body with backpressure; HEAD opens nothing. A client that goes away in between is no error of ours. */
export async function sendBytes(request: Request, response: Response, open: () => Promise<Readable>): Promise<void> {
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  try {
    await pipeline(await open(), response);
  } catch (error) {
    if (!clientLeft(error)) throw error;
  }
}

const clientLeft = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
