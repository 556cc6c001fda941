import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from '../../database/database.ts';
import type { VideoToFetch } from '../../database/ingest.ts';
import { CatalogueError, toCatalogueError } from '../../errors/catalogue-error.ts';
import { spareBytes as defaultSpareBytes, requireRoom } from '../../ingest/disk-room.ts';
import { fetchUrl } from '../../ingest/fetch-url.ts';
import { ingestUrl } from '../../ingest/ingest-url.ts';
import { untilAborted } from '../../ingest/until-aborted.ts';
import type { Logger } from '../../log.ts';
import type { Storage, StoredObject } from '../../storage/storage.ts';

/** How long a file stays with a process that says nothing of it any more, ms. */
const leaseMs = 30_000;
const mostAttempts = 3;
/** Until trouble of our own (no room on the disk, no storage) may have passed. */
const ownTroubleMs = 60_000;

export interface FetchOptions {
  database: Pick<Database, 'ingest' | 'videos'>;
  storage: Pick<Storage, 'head' | 'putFile'>;
  /** Where files lie on their way. */
  folder: string;
  allowedNetworks: readonly string[];
  maxBytes: number;
  /** For one file, ms. */
  timeoutMs: number;
  /** What must stay free on the disk. Default: 1 GiB. */
  spareBytes?: number;
  log: Logger;
}

/**
 * Fetches one video that waits for it, if there is one: into a file, then into storage under its key, then its row as after an upload. What a
 * crash leaves half done is done again by who takes it next; the object is found there. Gives true where there was one, and the next can be tried.
 */
export async function fetchNext(options: FetchOptions, stop: AbortSignal): Promise<boolean> {
  const { database, log } = options;
  const video = await database.ingest.take(leaseMs);
  if (!video) return false;
  try {
    await fetchVideo(options, video, stop);
    log.info({ videoId: video.id, attempt: video.attempt }, 'video fetched');
  } catch (thrown) {
    const error = toCatalogueError(thrown);
    if (stop.aborted) await database.ingest.putBack(video.id, 0, false);
    else await giveBack(options, video, error);
    return !isOurs(error);
  }
  return true;
}

async function fetchVideo(options: FetchOptions, video: VideoToFetch, stop: AbortSignal): Promise<void> {
  const { database, storage } = options;
  const original = (await storage.head(video.originalKey)) ?? (await download(options, video, stop));
  // Not taken where the video was cancelled meanwhile: its original stays, as every original does.
  await database.videos.uploaded(video.id, { etag: original.etag, bytes: original.size });
  await database.ingest.forgetQuery(video.id);
}

async function download(options: FetchOptions, video: VideoToFetch, stop: AbortSignal) {
  const { database, storage, allowedNetworks, maxBytes, timeoutMs, spareBytes = defaultSpareBytes } = options;
  await requireRoom(options.folder, 0, spareBytes);
  const end = new AbortController();
  const late = new CatalogueError('INGEST_FAILED', `It took longer than ${timeoutMs / 1_000} s.`);
  const timer = setTimeout(() => end.abort(late), timeoutMs);
  const unwanted = new CatalogueError('VIDEO_STATE_CONFLICT', 'Nobody waits for this file any more.');
  const keeper = setInterval(() => {
    // A database that is away for a moment is no reason to begin again; the lease runs out by itself.
    database.ingest.hold(video.id, leaseMs).then(
      (held) => held || end.abort(unwanted),
      () => {},
    );
  }, leaseMs / 6);
  const folder = await mkdtemp(join(options.folder, 'fetch-'));
  try {
    const signal = AbortSignal.any([stop, end.signal]);
    const file = join(folder, 'original');
    await fetchUrl(ingestUrl(video.url, allowedNetworks), file, { allowedNetworks, maxBytes, spareBytes, signal });
    return await untilAborted(store(storage, video.originalKey, file), signal);
  } finally {
    clearTimeout(timer);
    clearInterval(keeper);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Where a process that held it too long was first, its object is the file as well. */
async function store(storage: FetchOptions['storage'], key: string, file: string): Promise<StoredObject> {
  try {
    return await storage.putFile(key, file, { contentType: 'application/octet-stream' });
  } catch (error) {
    const there = await storage.head(key);
    if (there) return there;
    throw error;
  }
}

/** To be tried again, or for good the video's error. */
async function giveBack({ database, log }: FetchOptions, video: VideoToFetch, error: CatalogueError): Promise<void> {
  const { id, attempt } = video;
  if (error.code === 'VIDEO_STATE_CONFLICT') return;
  const final = !isOurs(error) && (isFinal(error) || attempt >= mostAttempts);
  const { code, detail, facts, advice } = error;
  // What a connection met is for the log alone.
  const cause = error.cause instanceof Error ? error.cause.message : undefined;
  log.warn({ videoId: id, attempt, code, detail, facts, advice, cause, final }, 'video not fetched');
  if (isOurs(error)) return database.ingest.putBack(id, ownTroubleMs, false);
  if (!final) return database.ingest.putBack(id, retryAfterMs(attempt), true);
  await database.videos.refuseUpload(id, { code: error.code, detail: error.detail });
  await database.ingest.forgetQuery(id);
}

/** No trouble of the video's: it waits as long as that lasts. */
const isOurs = ({ code }: CatalogueError) => code === 'SERVICE_UNAVAILABLE' || code === 'CONFIG_INVALID';

/** What the other server says of the request itself stays so; its own troubles, and "too many", may pass. Pure. */
export function isFinal({ permanent, facts }: CatalogueError): boolean {
  const { status } = facts;
  const refused = typeof status === 'number' && status >= 400 && status < 500 && ![408, 425, 429].includes(status);
  return permanent || refused;
}

/** ms; 5 s, then 20 s. Pure. */
export const retryAfterMs = (attempt: number): number => 5_000 * 4 ** (attempt - 1);
