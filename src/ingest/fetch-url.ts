import { type ClientRequest, type IncomingMessage, request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { connectionError, statusError } from './fetch-failures.ts';
import { redirectTarget } from './ingest-url.ts';
import { type Address, resolveHost } from './resolve-host.ts';
import { type SaveLimits, saveAnswer } from './save-answer.ts';
import { untilAborted } from './until-aborted.ts';

const mostRedirects = 5;
/** Of silence, before the answer or in the midst of it, ms. */
const idleMs = 30_000;
/** From the request to the last header of its answer, however many bytes keep the connection from being silent, ms. */
const headMs = 60_000;

export interface FetchLimits extends SaveLimits {
  allowedNetworks: readonly string[];
}

/**
 * Fetches what a URL leads to into a new file, and gives its size in bytes. Each hop connects to exactly the address that was looked at.
 * Rejects with INGEST_URL_REFUSED, UPLOAD_TOO_LARGE, SERVICE_UNAVAILABLE (no room here), or INGEST_FAILED with what the other server did.
 */
export async function fetchUrl(url: URL, path: string, limits: FetchLimits): Promise<number> {
  let at = url;
  for (let hop = 0; hop <= mostRedirects; hop += 1) {
    const answer = await ask(at, limits);
    const { statusCode = 0, headers } = answer;
    if (statusCode >= 300 && statusCode < 400 && headers.location) {
      answer.destroy();
      at = redirectTarget(at, headers.location, limits.allowedNetworks);
      continue;
    }
    try {
      return await saveAnswer(answer, path, limits);
    } finally {
      answer.destroy();
    }
  }
  throw new CatalogueError('INGEST_FAILED', `It redirects more than ${mostRedirects} times.`);
}

async function ask(url: URL, { allowedNetworks, signal }: FetchLimits): Promise<IncomingMessage> {
  try {
    const address = await untilAborted(resolveHost(url, allowedNetworks), signal);
    return await untilAborted(get(url, address, signal), signal);
  } catch (error) {
    throw connectionError(error, signal);
  }
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
    const late = setTimeout(() => asked.destroy(new Error(`no answer within ${headMs / 1_000} s`)), headMs);
    asked.on('timeout', () => asked.destroy(new Error(`silent for ${idleMs / 1_000} s`)));
    asked.on('error', reject);
    // Of a protocol that nobody asked for. Without a listener Node closes it, and tells no error.
    asked.on('upgrade', ({ statusCode }, socket) => {
      socket.destroy();
      reject(statusError(statusCode));
    });
    asked.on('response', (answer) => {
      clearTimeout(late);
      resolve(answer);
    });
    // The last word in any case: whatever ends a request without an answer or an error is an end.
    asked.on('close', () => {
      clearTimeout(late);
      reject(new Error('closed before its answer'));
    });
    asked.end();
  });
}

const answerWith =
  ({ address, family }: Address): LookupFunction =>
  (_host, { all }, give) =>
    all ? give(null, [{ address, family }]) : give(null, address, family);
