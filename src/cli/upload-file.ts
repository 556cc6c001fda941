import { open, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { ApiClient } from './api-client.ts';
import { ServiceMissing } from './exit-codes.ts';

const partsAtOnce = 4;
const triesPerPart = 4;
const contentTypes: Record<string, string> = {
  '.mp4': 'video/mp4',
  '.m4v': 'video/mp4',
  '.mov': 'video/quicktime',
  '.mkv': 'video/x-matroska',
  '.webm': 'video/webm',
  '.avi': 'video/x-msvideo',
  '.ts': 'video/mp2t',
};

const created = z.object({ video_id: z.string(), max_chunk_size: z.number().int().positive() });
const urls = z.object({ parts: z.array(z.object({ part_number: z.number(), url: z.string() })) });

/** Uploads a file through the public API by multipart, four parts at once. Gives the video's id; `onBytes` is told what has arrived. */
export async function uploadFile(
  api: ApiClient,
  file: string,
  onBytes: (sent: number, of: number) => void,
): Promise<string> {
  const { size } = await stat(file);
  const filename = basename(file);
  const upload = await api.call('POST', '/api/v1/videos/upload', created, {
    filename,
    content_type: contentTypes[extname(file).toLowerCase()] ?? 'application/octet-stream',
    file_size_bytes: size,
    title: filename,
  });
  const base = `/api/v1/videos/${upload.video_id}/upload`;
  const spans = partSpans(size, upload.max_chunk_size);
  const handle = await open(file);
  let sent = 0;
  try {
    const parts = await inParallel(spans, partsAtOnce, async (span) => {
      const { buffer } = await handle.read(Buffer.alloc(span.length), 0, span.length, span.start);
      const etag = await putPart(api, base, span.number, buffer);
      sent += span.length;
      onBytes(sent, size);
      return { part_number: span.number, etag };
    });
    await api.call('POST', `${base}/complete`, z.unknown(), { parts });
  } finally {
    await handle.close();
  }
  return upload.video_id;
}

export interface PartSpan {
  /** From 1. */
  number: number;
  /** bytes */
  start: number;
  length: number;
}

/** Pure: the parts of a file. An empty file has one empty part: the server is to say what is wrong with it. */
export function partSpans(size: number, chunk: number): PartSpan[] {
  return Array.from({ length: Math.max(1, Math.ceil(size / chunk)) }, (_, index) => ({
    number: index + 1,
    start: index * chunk,
    length: Math.min(chunk, size - index * chunk),
  }));
}

/** A part to its signed URL, a fresh one for every try: the connection may fail, the URL may expire. */
async function putPart(api: ApiClient, base: string, number: number, body: Buffer<ArrayBuffer>): Promise<string> {
  let reason: unknown;
  for (let attempt = 1; attempt <= triesPerPart; attempt += 1) {
    if (attempt > 1) await sleep(250 * 2 ** attempt);
    const { parts } = await api.call('POST', `${base}/parts`, urls, { part_numbers: [number] });
    const url = parts.find((part) => part.part_number === number)?.url;
    if (!url) throw new ServiceMissing(`the API gave no URL for part ${number}`);
    try {
      const response = await fetch(url, { method: 'PUT', body });
      const etag = response.headers.get('etag');
      if (response.ok && etag) return etag;
      reason = new Error(
        `part ${number}: storage answered ${response.status} ${(await response.text()).slice(0, 200)}`,
      );
      if (response.status < 500 && response.status !== 403 && response.status !== 429) break;
    } catch (error) {
      reason = error;
    }
  }
  throw new ServiceMissing(`part ${number} could not be uploaded`, { cause: reason });
}

async function inParallel<Item, Result>(
  items: Item[],
  most: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const lane = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: most }, lane));
  return results;
}
