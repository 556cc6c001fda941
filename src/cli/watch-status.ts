import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiClient, type StatusAnswer, statusAnswer } from './api-client.ts';
import { isFinal } from './file-result.ts';
import { mayPass, type Patience } from './patience.ts';

/** A stream tells how far a video is at once; one that has not by then is kept by a proxy. */
const firstWordMs = 10_000;
/** Nothing may have happened for so long; or the connection is dead, or what the API reads from is away. */
const silenceMs = 60_000;
const pollMs = 1_000;
/** Where no stream comes through, it is tried again after about a minute. */
const pollsWithoutStream = 60;

/**
 * The status of a video, and again whenever it changes, until it is final: by the API's event stream, and by asking where that breaks off or
 * does not come through. An API that is started again meanwhile is asked again, as long as patience lasts. Rejects with ApiProblem and NoAnswer.
 */
export async function* watchStatus(
  { api, patience }: { api: ApiClient; patience: Patience },
  videoId: string,
): AsyncGenerator<StatusAnswer> {
  const path = `/api/v1/videos/${encodeURIComponent(videoId)}`;
  let last: StatusAnswer | null = null;
  for (;;) {
    let streams = false;
    for await (const status of streamed(api, `${path}/events`)) {
      streams = true;
      last = status;
      yield status;
      if (isFinal(status.status)) return;
    }
    for (let left = streams ? 1 : pollsWithoutStream; left > 0; left -= 1) {
      const status = await patience.insist(() => api.call('GET', `${path}/status`, statusAnswer));
      if (!last || isNews(last, status)) yield status;
      last = status;
      if (isFinal(status.status)) return;
      await sleep(pollMs);
    }
  }
}

/** What a stream tells until it ends; nothing where none can be had now. Rejects with ApiProblem where the API will never give one. */
async function* streamed(api: ApiClient, path: string): AsyncGenerator<StatusAnswer> {
  const end = new AbortController();
  const cut = () => end.abort();
  let timer = setTimeout(cut, firstWordMs);
  try {
    for await (const { event, data } of await api.stream(path, end.signal)) {
      // It is the whole state: what came while nobody listened is not missed, and needs no Last-Event-ID.
      if (event !== 'progress') continue;
      clearTimeout(timer);
      timer = setTimeout(cut, silenceMs);
      yield statusAnswer.parse(data);
    }
  } catch (error) {
    if (!mayPass(error)) throw error;
  } finally {
    clearTimeout(timer);
    cut();
  }
}

/** Whether something has changed but the estimate, which moves with the clock. Pure. */
function isNews(before: StatusAnswer, now: StatusAnswer): boolean {
  const lasting = (status: StatusAnswer) => JSON.stringify({ ...status, estimated_completion: null });
  return lasting(before) !== lasting(now);
}
