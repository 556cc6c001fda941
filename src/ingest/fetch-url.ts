import { createWriteStream } from 'node:fs';
import { type ClientRequest, type IncomingMessage, request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { redirectTarget } from './ingest-url.ts';
import { type Address, resolveHost } from './resolve-host.ts';

const mostRedirects = 5;
/** Of silence, before the answer or in the midst of it, ms. */
const idleMs = 30_000;

export interface FetchLimits {
  allowedNetworks: readonly string[];
  maxBytes: number;
  /** Aborts where all of it has taken too long, or nobody wants the file any more. */
  signal: AbortSignal;
}

/**
 * Fetches what a URL leads to into a new file, and gives its size in bytes. Each hop connects to exactly the address that was looked at.
 * Rejects with INGEST_URL_REFUSED, UPLOAD_TOO_LARGE, or INGEST_FAILED with what the other server did.
 */
export async function fetchUrl(url: URL, path: string, limits: FetchLimits): Promise<number> {
  let at = url;
  for (let hop = 0; hop <= mostRedirects; hop += 1) {
    const answer = await get(at, await resolveHost(at, limits.allowedNetworks), limits.signal);
    const { statusCode = 0, headers } = answer;
    if (statusCode >= 300 && statusCode < 400 && headers.location) {
      answer.destroy();
      at = redirectTarget(at, headers.location, limits.allowedNetworks);
      continue;
    }
    try {
      return await save(answer, path, limits);
    } finally {
      answer.destroy();
    }
  }
  throw new CatalogueError('INGEST_FAILED', `It redirects more than ${mostRedirects} times.`);
}

function get(url: URL, address: Address, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = {
      agent: false, // a connection of its own, and no proxy of the environment
      signal,
      timeout: idleMs,
      // What was looked at is what is connected to. A host that is an address is not asked for here.
      lookup: answerWith(address),
      // Bytes as they are: what is unpacked has no bound that the length tells.
      headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'Reelmill' },
    };
    const asked: ClientRequest = url.protocol === 'https:' ? overHttps(url, options) : overHttp(url, options);
    asked.on('timeout', () => asked.destroy(new Error(`it was silent for ${idleMs / 1_000} s`)));
    asked.on('error', (error) => reject(failed(error, signal)));
    asked.on('response', resolve);
    asked.end();
  });
}

const answerWith =
  ({ address, family }: Address): LookupFunction =>
  (_host, { all }, give) =>
    all ? give(null, [{ address, family }]) : give(null, address, family);

async function save(answer: IncomingMessage, path: string, { maxBytes, signal }: FetchLimits): Promise<number> {
  const { statusCode, headers } = answer;
  if (statusCode !== 200) {
    throw new CatalogueError('INGEST_FAILED', `The server answered ${statusCode}.`, { facts: { status: statusCode } });
  }
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new CatalogueError(
      'INGEST_FAILED',
      'The server sends it packed (Content-Encoding), though it was asked not to.',
    );
  }
  const told = headers['content-length'] === undefined ? null : Number(headers['content-length']);
  if (told !== null && told > maxBytes) throw tooLarge(told, maxBytes);
  let size = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      size += chunk.length;
      done(size > maxBytes ? tooLarge(size, maxBytes) : null, chunk);
    },
  });
  try {
    await pipeline(answer, counted, createWriteStream(path, { flags: 'wx', highWaterMark: 1 << 20 }), { signal });
  } catch (error) {
    throw failed(error, signal);
  }
  if (told !== null && size !== told)
    throw new CatalogueError('INGEST_FAILED', `It broke off after ${size} of ${told} bytes.`);
  return size;
}

const tooLarge = (bytes: number, most: number) =>
  new CatalogueError('UPLOAD_TOO_LARGE', `At least ${bytes} bytes; at most ${most}.`);

function failed(error: unknown, signal: AbortSignal): CatalogueError {
  if (error instanceof CatalogueError) return error;
  if (signal.aborted && signal.reason instanceof CatalogueError) return signal.reason;
  const words = error instanceof Error ? error.message : String(error);
  return new CatalogueError('INGEST_FAILED', `The connection failed: ${words}.`, { cause: error });
}
