import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiClient, type StatusAnswer, statusAnswer, type VideoAnswer, videoAnswer } from './api-client.ts';
import { ServiceMissing } from './exit-codes.ts';
import type { LiveLine } from './live-line.ts';
import { changesSince, progressLine } from './progress-line.ts';

const pollMs = 500;
/** The API may be started again while we wait; longer than this it is gone. */
const patienceMs = 60_000;
const final = ['ready', 'failed', 'removed', 'cancelled', 'expired'];

/** Waits until a video is final and shows its steps meanwhile. Rejects with ServiceMissing where the API stays away. */
export async function followVideo(api: ApiClient, videoId: string, name: string, line: LiveLine): Promise<VideoAnswer> {
  let before: StatusAnswer | null = null;
  let answeredAt = Date.now();
  for (;;) {
    try {
      const status = await api.call('GET', `/api/v1/videos/${videoId}/status`, statusAnswer);
      answeredAt = Date.now();
      line.show(`${name}  ${progressLine(status)}`);
      if (!line.live) for (const change of changesSince(before, status)) line.print(`${name}  ${change}`);
      before = status;
      if (final.includes(status.status)) {
        if (line.live) line.print(`${name}  ${progressLine(status)}`);
        return await api.call('GET', `/api/v1/videos/${videoId}`, videoAnswer);
      }
    } catch (error) {
      if (!(error instanceof ServiceMissing) || Date.now() - answeredAt > patienceMs) throw error;
    }
    await sleep(pollMs);
  }
}
