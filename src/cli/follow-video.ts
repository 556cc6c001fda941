import type { UserError } from '../errors/catalogue-error.ts';
import { type ApiClient, type StatusAnswer, type VideoAnswer, videoAnswer } from './api-client.ts';
import type { LiveLine } from './live-line.ts';
import { type Patience, reasonOf } from './patience.ts';
import { changesSince, progressLine } from './progress-line.ts';
import { watchStatus } from './watch-status.ts';

/** A video as the API last told of it; only its status, and why there is no more, where the API stays away. */
export type SeenVideo = { video: VideoAnswer } | { status: string; error: UserError };

export interface Follow {
  api: ApiClient;
  patience: Patience;
  line: LiveLine;
  /** Until the video is final; else one look. */
  wait: boolean;
}

/** Waits until an uploaded video is final and shows its steps meanwhile, under the name of its file. */
export async function followVideo(
  { api, patience, line, wait }: Follow,
  videoId: string,
  name: string,
): Promise<SeenVideo> {
  let lastStatus = 'uploaded';
  try {
    if (wait) await untilFinal();
    return { video: await patience.insist(() => api.call('GET', `/api/v1/videos/${videoId}`, videoAnswer)) };
  } catch (error) {
    const reason = reasonOf(error);
    if (!reason) throw error;
    return { status: lastStatus, error: reason };
  }

  async function untilFinal(): Promise<void> {
    let last: StatusAnswer | null = null;
    for await (const status of watchStatus({ api, patience }, videoId)) {
      lastStatus = status.status;
      line.show(`${name}  ${progressLine(status)}`);
      if (!line.live) for (const change of changesSince(last, status)) line.print(`${name}  ${change}`);
      last = status;
    }
    if (line.live && last) line.print(`${name}  ${progressLine(last)}`);
  }
}
