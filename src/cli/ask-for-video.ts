import { z } from 'zod';
import { escapeName } from '../words/escape-unseen.ts';
import { type ApiClient, ApiProblem } from './api-client.ts';
import { UsageError } from './exit-codes.ts';
import { findApi } from './find-api.ts';

interface Asked<Body> {
  method: 'POST' | 'DELETE';
  /** Below the video: `/retry`. */
  path: string;
  answer: z.ZodType<Body>;
  body?: unknown;
}

/** Malformed, forbidden, not there, not in this state: it will be so each time. */
const refusals: readonly number[] = [400, 403, 404, 409, 422];

/** Asks the API to do something to a video. What it refuses is how the command was called: rejects with UsageError, the fix in its words. */
export async function askForVideo<Body>(id: string, { method, path, answer, body }: Asked<Body>): Promise<Body> {
  const { api } = await findApi();
  try {
    return await api.call(method, `/api/v1/videos/${encodeURIComponent(id)}${path}`, answer, body);
  } catch (error) {
    if (!(error instanceof ApiProblem) || !refusals.includes(error.status)) throw error;
    if (error.status === 404) throw new UsageError(await notThere(api, id));
    const { hint, operator_hint } = error.error;
    throw new UsageError([error.message, hint, operator_hint].filter(Boolean).join('\n'));
  }
}

/** Why a video is not there for this: it is not, or an operator sees it, and its creator alone may do this. */
async function notThere(api: ApiClient, id: string): Promise<string> {
  const seen = z.object({ creator_id: z.string() });
  const video = await api.call('GET', `/api/v1/videos/${encodeURIComponent(id)}`, seen).catch(() => null);
  if (!video) return `there is no video ${id}`;
  const creator = escapeName(video.creator_id);
  return `${id} is of the creator "${creator}", and this takes a key of that creator: set REELMILL_API_KEY to what\n\`reelmill keys create --creator "${creator}" --name rm --scopes videos:write\` shows`;
}
