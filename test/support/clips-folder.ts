import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Vitest's global set-up: one folder of generated clips for all files of a run, removed at its end. See clips.ts. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.REELMILL_TEST_CLIPS) return undefined; // somebody else's, and theirs to remove
  const folder = await mkdtemp(join(tmpdir(), 'reelmill-clips-'));
  process.env.REELMILL_TEST_CLIPS = folder;
  return async () => {
    delete process.env.REELMILL_TEST_CLIPS;
    await rm(folder, { recursive: true, force: true });
  };
}
