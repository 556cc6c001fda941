import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type FetchOptions, fetchNext } from './fetch-videos.ts';
import { repeat } from './repeat.ts';

/** Files that one relay fetches at a time: the network is the bound, and others get their turn. */
const atOnce = 2;

/** Fetches what waits to be fetched; `close` gives back what is under way. What dead processes left half fetched goes first. */
export async function startFetching(
  options: FetchOptions,
  { pollMs }: { pollMs: number },
): Promise<{ close(): Promise<void> }> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  await removeOlder(options.folder, Date.now() - 2 * options.timeoutMs);
  const stop = new AbortController();
  const lanes = Array.from({ length: atOnce }, (_, lane) =>
    repeat(`fetching ${lane + 1}`, pollMs, () => fetchNext(options, stop.signal), options.log),
  );
  return {
    async close() {
      stop.abort();
      await Promise.all(lanes.map((lane) => lane.stop()));
    },
  };
}

async function removeOlder(folder: string, thanMs: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found && found.mtimeMs < thanMs) await rm(path, { recursive: true, force: true });
  }
}
