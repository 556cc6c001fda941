import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Artefact, TakenTask } from '../jobs/services.ts';
import { fenceLost } from './hold-task.ts';

export interface CommitRequest {
  task: TakenTask;
  artefacts: Artefact[];
}

/** `write`: the rows are to be written. `done`: this fence has committed before. An error: refused. */
export type CommitVerdict = 'write' | 'done' | CatalogueError;

export const initPlace = (runId: string, rendition: string): string => `${runId} ${rendition}`;

/** The init that an artefact belongs to: what a segment says it was made with, or the init segment itself. */
export function initOf({ kind, rendition, sha256, facts }: Artefact): { rendition: string; sha256: string } | null {
  if (rendition === null) return null;
  if (kind === 'init') return { rendition, sha256 };
  return typeof facts.initSha256 === 'string' ? { rendition, sha256: facts.initSha256 } : null;
}

/**
 * Decides on the commits of one transaction, in order. `rows` are the tasks as they stand, `inits` the init hash of every
 * rendition (`initPlace`) that has a committed segment.
 */
export function judgeCommits(
  requests: CommitRequest[],
  rows: ReadonlyMap<string, { fence: number; committed: boolean }>,
  inits: ReadonlyMap<string, string>,
): CommitVerdict[] {
  const written = new Set<string>();
  const known = new Map(inits);
  return requests.map(({ task, artefacts }) => {
    const row = rows.get(task.id);
    if (!row || row.fence !== task.fence) return fenceLost(task);
    if (row.committed || written.has(task.id)) return 'done';
    for (const artefact of artefacts) {
      const init = initOf(artefact);
      if (!init) continue;
      const place = initPlace(task.runId, init.rendition);
      const expected = known.get(place) ?? init.sha256;
      if (expected !== init.sha256) {
        return new CatalogueError('ENCODE_INIT_MISMATCH', `${task.name}: the init of ${init.rendition} differs`);
      }
    }
    for (const artefact of artefacts) {
      const init = initOf(artefact);
      if (init) known.set(initPlace(task.runId, init.rendition), init.sha256);
    }
    written.add(task.id);
    return 'write';
  });
}
