import type { TranscodeProgress } from './video-answers.ts';

/** What was last shown of each video, so that no answer goes back. Bounded: the longest unasked one is forgotten. */
export interface ProgressMemory {
  get(videoId: string): TranscodeProgress | null;
  set(videoId: string, shown: TranscodeProgress): void;
}

export function createProgressMemory(most = 10_000): ProgressMemory {
  const shown = new Map<string, TranscodeProgress>();
  return {
    get: (videoId) => shown.get(videoId) ?? null,
    set(videoId, progress) {
      shown.delete(videoId);
      shown.set(videoId, progress);
      const [oldest] = shown.keys();
      if (shown.size > most && oldest !== undefined) shown.delete(oldest);
    },
  };
}
