import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { ApiClient } from './api-client.ts';
import { createPatience, type Patience } from './patience.ts';

/** Whether what `ingest` is given is a URL, and no file. Pure. */
export const isUrl = (given: string): boolean => /^https?:\/\//i.test(given);

/** What a person is shown of a URL: what its query and its login grant stays unsaid. Pure. */
export function urlName(given: string): string {
  if (!URL.canParse(given)) return 'URL';
  const { host, pathname } = new URL(given);
  return `${host}${pathname}`;
}

const taken = z.object({ video_id: z.string() });

/** Has the API fetch a video from a URL; gives the video's id. Rejects as `ApiClient.call` does: INGEST_OFF where the API fetches none. */
export async function sendUrl(
  api: ApiClient,
  url: string,
  { preset, patience = createPatience() }: { preset?: string | undefined; patience?: Patience } = {},
): Promise<string> {
  // One whose answer was lost is sent again, and makes no second video.
  const idempotencyKey = randomUUID();
  const body = { url, ...(preset === undefined ? {} : { preset }) };
  const { video_id } = await patience.insist(() =>
    api.call('POST', '/api/v1/videos/ingest', taken, body, { idempotencyKey }),
  );
  return video_id;
}
