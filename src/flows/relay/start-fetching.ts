import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type FetchOptions, fetchNext } from './fetch-videos.ts';
import { repeat } from './repeat.ts';

/** Longest wait for what is under way at the end, ms: what does not end by then is taken up by the next relay, when its lease is over. */
const closeMs = 10_000;

/** Fetches what waits to be fetched, `lanes` files at a time; `close` gives back what is under way, within 10 s. What dead processes left half fetched goes first. */
export async function startFetching(
  options: FetchOptions,
  { pollMs, lanes: atOnce }: { pollMs: number; lanes: number },
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
      const closed = Promise.all(lanes.map((lane) => lane.stop())).then(() => true);
      const timer = new AbortController();
      const late = wait(closeMs, false, { signal: timer.signal }).catch(() => false);
      if (!(await Promise.race([closed, late]))) options.log.warn({ closeMs }, 'fetching does not end, and is left');
      timer.abort();
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
