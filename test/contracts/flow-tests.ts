import type { QueueUrls, TestSystem } from '../support/queue.ts';

export interface FlowBackend {
  urls(): QueueUrls;
  /** Loses everything that the queue knows. */
  lose(): Promise<void>;
}

/** What every test of the contract is given: a system of its own. */
export interface FlowTests {
  system: TestSystem;
  backend: FlowBackend;
}

/** Names of the encodes that a stand-in plans. */
export const encodes = (segments: number): string[] =>
  Array.from({ length: segments }, (_, index) => `encode.h264.${String(index).padStart(4, '0')}.all`);

/** The current run of a video. */
export async function runOf({ system }: FlowTests, videoId: string): Promise<{ videoId: string; runId: string }> {
  const video = await system.database.videos.find(videoId);
  return { videoId, runId: video?.runId ?? '' };
}
