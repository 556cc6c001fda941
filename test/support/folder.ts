import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Takes what must be closed at the end, of a test unless it is said otherwise; last come, first closed. */
export type AtEnd = (close: () => Promise<void>) => void;

/** An empty folder that goes with the test. With `afterAll` it is to be called where a file begins: a hook that is asked for within a hook never runs. */
export async function testFolder(name: string, atEnd: AtEnd = onTestFinished): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `reelmill-${name}-`));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
