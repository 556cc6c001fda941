import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiClient, type StatusAnswer, statusAnswer } from './api-client.ts';
import { isFinal } from './file-result.ts';
import type { Patience } from './patience.ts';

/** Before a stream that broke off is opened again. */
const againMs = 500;

/**
 * The status of a video, and again whenever it changes, until it is final. An API that is started again meanwhile is asked again, as long as
 * patience lasts. Rejects with ApiProblem and NoAnswer.
 */
export async function* watchStatus(
  { api, patience }: { api: ApiClient; patience: Patience },
  videoId: string,
): AsyncGenerator<StatusAnswer> {
  const path = `/api/v1/videos/${encodeURIComponent(videoId)}/events`;
  for (;;) {
    const events = await patience.insist(() => api.stream(path));
    for await (const { event, data } of events) {
      if (event !== 'progress') continue;
      const status = statusAnswer.parse(data);
      yield status;
      if (isFinal(status.status)) return;
    }
    await sleep(againMs);
  }
}
