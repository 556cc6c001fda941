import { createWriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CatalogueError, toCatalogueError } from '../errors/catalogue-error.ts';
import { requireRoom, spareBytes } from './disk-room.ts';
import { connectionError, statusError } from './fetch-failures.ts';

/** A server that sends less holds a lane that others wait for. */
const slowest: Pace = { bytesPerSecond: 65_536, overMs: 60_000 };
/** The disk is looked at again each time that so much has come. */
const lookEveryBytes = 16 << 20;

export interface Pace {
  bytesPerSecond: number;
  /** Each stretch of this length is counted by itself. */
  overMs: number;
}

export interface SaveLimits {
  maxBytes: number;
  /** Aborts where all of it has taken too long, or nobody wants the file any more. */
  signal: AbortSignal;
  /** Default: 64 KiB/s over 60 s. */
  slowest?: Pace;
  /** What must stay free on the disk. Default: 1 GiB. */
  spareBytes?: number;
}

/**
 * Writes the body of an answer to a new file, and gives its size in bytes. Rejects with UPLOAD_TOO_LARGE, with SERVICE_UNAVAILABLE where
 * our disk has no room for it, or with INGEST_FAILED.
 */
export async function saveAnswer(answer: IncomingMessage, path: string, limits: SaveLimits): Promise<number> {
  const { statusCode, headers } = answer;
  if (statusCode !== 200) throw statusError(statusCode);
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new CatalogueError(
      'INGEST_FAILED',
      'The server sends it packed (Content-Encoding), though it was asked not to.',
    );
  }
  const told = headers['content-length'] === undefined ? null : Number(headers['content-length']);
  if (told !== null && told > limits.maxBytes) throw tooLarge(told, limits.maxBytes);
  const room = (size: number) => requireRoom(dirname(path), (told ?? size) - size, limits.spareBytes ?? spareBytes);
  await room(0);
  const size = await write(answer, path, room, limits);
  if (told !== null && size !== told) {
    throw connectionError(new Error(`it broke off after ${size} of ${told} bytes`), limits.signal);
  }
  return size;
}

async function write(
  answer: IncomingMessage,
  path: string,
  room: (size: number) => Promise<void>,
  { maxBytes, signal, slowest: pace = slowest }: SaveLimits,
): Promise<number> {
  let size = 0;
  let lookAt = lookEveryBytes;
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      size += chunk.length;
      if (size > maxBytes) return done(tooLarge(size, maxBytes));
      if (size < lookAt) return done(null, chunk);
      lookAt = size + lookEveryBytes;
      room(size).then(() => done(null, chunk), done);
    },
  });
  let before = 0;
  const clock = setInterval(() => {
    if ((size - before) * 1_000 < pace.bytesPerSecond * pace.overMs) counted.destroy(tooSlow(pace));
    before = size;
  }, pace.overMs);
  try {
    await pipeline(answer, counted, createWriteStream(path, { flags: 'wx', highWaterMark: 1 << 20 }), { signal });
    return size;
  } catch (error) {
    const ours = toCatalogueError(error);
    throw ours.code === 'SERVICE_UNAVAILABLE' ? ours : connectionError(error, signal);
  } finally {
    clearInterval(clock);
  }
}

const tooLarge = (bytes: number, most: number) =>
  new CatalogueError('UPLOAD_TOO_LARGE', `At least ${bytes} bytes; at most ${most}.`);

const tooSlow = ({ bytesPerSecond, overMs }: Pace) =>
  new CatalogueError(
    'INGEST_FAILED',
    `It sends too slowly: less than ${bytesPerSecond / 1_024} KiB/s over ${overMs / 1_000} s.`,
  );
