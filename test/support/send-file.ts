import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Up } from './up.ts';

/** What became of a file that was sent by the API. */
export interface SentFile {
  videoId: string;
  /** What `complete` answered. */
  answer: { status: number; body: Record<string, unknown> };
  /** The video at its end, as `GET /api/v1/videos/{id}` gives it. */
  video: Record<string, unknown>;
  /** From `complete` to that, s. */
  seconds: number;
  /** What is stored of it; null: nothing. */
  original: Buffer | null;
}

/** How a client lies about a file. */
export interface Claims {
  filename?: string;
  title?: string;
  /** Declared before it comes, bytes. */
  size?: number;
  /** Sent at complete. */
  checksum?: string;
  /** How often the client asks, ms. Default: 100. */
  pollMs?: number;
}

const last = ['ready', 'failed', 'removed', 'cancelled', 'expired'];

/** Sends a file as a client of the API does, and waits until its video is final. */
export async function sendFile(system: Up, bytes: Buffer, claims: Claims = {}): Promise<SentFile> {
  const { videoId, begun, answer } = await completed(system, bytes, claims);
  for (;;) {
    const { body: video } = await system.call('GET', `/api/v1/videos/${videoId}`);
    const seconds = (performance.now() - begun) / 1_000;
    if (last.includes(String(video.status))) {
      return { videoId, answer, video, seconds, original: await originalOf(system, videoId) };
    }
    await sleep(claims.pollMs ?? 100);
  }
}

async function completed(system: Up, bytes: Buffer, { filename = 'clip.mp4', title, size, checksum }: Claims) {
  const upload = await system.call('POST', '/api/v1/videos/upload', {
    ...{ filename, content_type: 'video/mp4', file_size_bytes: size ?? bytes.length },
    ...(title === undefined ? {} : { title }),
  });
  if (upload.status !== 201) throw new Error(`create answered ${upload.status}: ${JSON.stringify(upload.body)}`);
  const { video_id: id, upload_url: url } = upload.body;
  const sent = bytes.length > 0 ? await fetch(String(url), { method: 'PUT', body: new Uint8Array(bytes) }) : null;
  if (sent && !sent.ok) throw new Error(`the part was answered ${sent.status}`);
  const parts = sent ? [{ part_number: 1, etag: sent.headers.get('etag') }] : [];
  const begun = performance.now();
  const answer = await system.call('POST', `/api/v1/videos/${id}/upload/complete`, { parts, checksum });
  return { videoId: String(id), answer, begun };
}

async function originalOf(system: Up, videoId: string): Promise<Buffer | null> {
  const names = await readdir(system.storagePath('originals', videoId)).catch(() => []);
  return names[0] === undefined ? null : readFile(system.storagePath('originals', videoId, names[0]));
}
