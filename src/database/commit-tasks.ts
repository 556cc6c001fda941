import { setTimeout as wait } from 'node:timers/promises';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Artefact, TakenTask } from '../jobs/services.ts';
import type { Client } from './client.ts';
import type { CommitRequest, CommitVerdict } from './judge-commits.ts';
import type { Notifier } from './notifier.ts';
import { writeCommits } from './write-commits.ts';

/** Commits that come within this time share a transaction (and its write to disk). */
const collectMs = 3;
const mostInBatch = 200;
/** A commit may be repeated (its fence is in it), and is worth it: the encode behind it took seconds of CPU. */
const retryMs = [100, 400, 1_000, 2_000, 4_000];

interface Waiting extends CommitRequest {
  settle(verdict: CommitVerdict): void;
  fail(error: unknown): void;
}

/** Commits of one process, a batch at a time; each gets its own answer. */
export function createCommitter(client: Client, notifier: Notifier) {
  let waiting: Waiting[] = [];
  let working: Promise<void> | undefined;

  const work = async () => {
    await wait(collectMs);
    while (waiting.length > 0) {
      const batch = waiting.slice(0, mostInBatch);
      waiting = waiting.slice(mostInBatch);
      await commitBatch(client, batch);
      for (const videoId of new Set(batch.map(({ task }) => task.videoId))) notifier.videoChanged(videoId);
    }
    working = undefined;
  };

  return {
    /** Resolves once the task is committed; rejects with the reason where it was refused. */
    async commit(task: TakenTask, artefacts: Artefact[]): Promise<void> {
      const verdict = await new Promise<CommitVerdict>((settle, fail) => {
        waiting.push({ task, artefacts, settle, fail });
        working ??= work();
      });
      if (verdict instanceof CatalogueError) throw verdict;
    },
    async flush(): Promise<void> {
      await working;
    },
  };
}

async function commitBatch(client: Client, batch: Waiting[]): Promise<void> {
  try {
    const verdicts = await persist(() => client.transaction((sql) => writeCommits(sql, batch)));
    verdicts.forEach((verdict, index) => {
      batch[index]?.settle(verdict);
    });
  } catch (error) {
    const unavailable = error instanceof CatalogueError && error.code === 'SERVICE_UNAVAILABLE';
    // A value that Postgres refuses must fail its own task, not those that happened to share its batch.
    if (batch.length > 1 && !unavailable) for (const one of batch) await commitBatch(client, [one]);
    else for (const { fail } of batch) fail(error);
  }
}

async function persist<T>(write: () => Promise<T>): Promise<T> {
  for (const ms of retryMs) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof CatalogueError) || error.code !== 'SERVICE_UNAVAILABLE') throw error;
      await wait(ms);
    }
  }
  return write();
}
