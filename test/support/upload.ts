import type { TestApi } from './api.ts';

export interface OpenUpload {
  video_id: string;
  upload_url: string;
  upload_id: string;
  max_chunk_size: number;
}

/** Creates an upload of so many bytes, as a client does. */
export async function createUpload(
  api: TestApi,
  key: string,
  bytes: number,
  filename = 'clip.mp4',
): Promise<OpenUpload> {
  const { status, body } = await api.call('POST', '/api/v1/videos/upload', {
    key,
    body: { filename, content_type: 'video/mp4', file_size_bytes: bytes, title: 'A clip' },
  });
  if (status !== 201) throw new Error(`create answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** Sends one part to its signed URL; gives the answer's status and ETag. */
export async function putPart(url: string, body: Uint8Array<ArrayBuffer>): Promise<{ status: number; etag: string }> {
  const response = await fetch(url, { method: 'PUT', body });
  await response.arrayBuffer();
  return { status: response.status, etag: response.headers.get('etag') ?? '' };
}

/** An upload of one part whose bytes are in storage and wait for `complete`. */
export async function sentUpload(
  api: TestApi,
  key: string,
  content: Uint8Array<ArrayBuffer>,
  declared = content.length,
) {
  const upload = await createUpload(api, key, declared);
  const { etag } = await putPart(upload.upload_url, content);
  return { ...upload, parts: [{ part_number: 1, etag }] };
}
