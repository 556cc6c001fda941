import { randomUUID } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { z } from 'zod';
import { userError } from '../errors/catalogue-error.ts';
import { type ApiClient, ApiProblem, NoAnswer, problem } from './api-client.ts';
import { createPatience, type Patience } from './patience.ts';

const partsAtOnce = 4;
const contentTypes: Record<string, string> = {
  '.mp4': 'video/mp4',
  '.m4v': 'video/mp4',
  '.mov': 'video/quicktime',
  '.mkv': 'video/x-matroska',
  '.webm': 'video/webm',
  '.avi': 'video/x-msvideo',
  '.ts': 'video/mp2t',
  '.mp3': 'audio/mpeg',
  '.m4a': 'audio/mp4',
  '.aac': 'audio/aac',
  '.wav': 'audio/wav',
  '.flac': 'audio/flac',
  '.ogg': 'audio/ogg',
  '.opus': 'audio/ogg',
};

/** Pure: the media type that a file is declared with. It decides nothing: the probe looks into the file. */
export const contentTypeOf = (file: string): string =>
  contentTypes[extname(file).toLowerCase()] ?? 'application/octet-stream';

const created = z.object({ video_id: z.string(), max_chunk_size: z.number().int().positive() });
const urls = z.object({ parts: z.array(z.object({ part_number: z.number(), url: z.string() })) });

export interface UploadOptions {
  /** What is made of it. Default: the API's. */
  preset?: string | undefined;
  /** How long a service may be away. */
  patience?: Patience;
  /** Told the video's id as soon as there is one. */
  onCreated?(videoId: string): void;
}

/**
 * Uploads a file through the public API by multipart, four parts at once, also across restarts of the API and its services.
 * Gives the video's id; `onBytes` is told what has arrived.
 */
export async function uploadFile(
  api: ApiClient,
  file: string,
  onBytes: (sent: number, of: number) => void,
  { preset, patience = createPatience(), onCreated }: UploadOptions = {},
): Promise<string> {
  const { size } = await stat(file);
  const filename = basename(file);
  const declared = {
    filename,
    content_type: contentTypeOf(file),
    file_size_bytes: size,
    title: filename,
    ...(preset === undefined ? {} : { preset }),
  };
  // A create whose answer was lost is sent again, and makes no second video.
  const idempotencyKey = randomUUID();
  const upload = await patience.insist(() =>
    api.call('POST', '/api/v1/videos/upload', created, declared, { idempotencyKey }),
  );
  onCreated?.(upload.video_id);
  const base = `/api/v1/videos/${upload.video_id}/upload`;
  const spans = partSpans(size, upload.max_chunk_size);
  const handle = await open(file);
  let sent = 0;
  try {
    const parts = await inParallel(spans, partsAtOnce, async (span) => {
      const { buffer } = await handle.read(Buffer.alloc(span.length), 0, span.length, span.start);
      const etag = await patience.insist(() => putPart(api, base, span.number, buffer));
      sent += span.length;
      onBytes(sent, size);
      return { part_number: span.number, etag };
    });
    // may be sent again at any time: it repeats its answer
    await patience.insist(() => api.call('POST', `${base}/complete`, z.unknown(), { parts }));
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

/** A part to its signed URL, a fresh one at every call: the connection may fail, the URL may expire. */
async function putPart(api: ApiClient, base: string, number: number, body: Buffer<ArrayBuffer>): Promise<string> {
  const { parts } = await api.call('POST', `${base}/parts`, urls, { part_numbers: [number] });
  const url = parts.find((part) => part.part_number === number)?.url;
  if (!url) throw new NoAnswer(`the API gave no URL for part ${number}`);
  const response = await fetch(url, { method: 'PUT', body }).catch((cause: unknown) => {
    throw new NoAnswer(`part ${number}: the storage does not answer`, { cause });
  });
  const etag = response.headers.get('etag');
  const text = await response.text().catch(() => '');
  if (response.ok && etag) return etag;
  throw partRefusal(number, response.status, text);
}

/** What neither a fresh URL nor time helps against: its operator has to set something. */
const setUpWrong = /<Code>(SignatureDoesNotMatch|InvalidAccessKeyId|NoSuchBucket)<\/Code>/;

/** Pure: why the storage did not take a part. A fresh URL helps against 403 of one that has expired, time against 429 and 5xx. */
export function partRefusal(number: number, status: number, body: string): NoAnswer | ApiProblem {
  const words = `part ${number}: the storage answered ${status} ${body.slice(0, 200)}`.trim();
  if (status >= 500 || (status === 403 && !setUpWrong.test(body)) || status === 429) return new NoAnswer(words);
  const parsed = problem.safeParse(jsonOf(body));
  // Words of another server: asked the same again it would say the same.
  const foreign = { ...userError('SERVICE_UNAVAILABLE', words, { operator: true }), retryable: false };
  return new ApiProblem(status, parsed.success ? parsed.data : foreign);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
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
