import type { TakenTask } from '../jobs/services.ts';
import type { Sql } from './client.ts';
import { json } from './json.ts';
import { type CommitRequest, type CommitVerdict, initOf, initPlace, judgeCommits } from './judge-commits.ts';

/** Commits tasks in the caller's transaction, each by its fence, and gives one verdict for each: one that is refused holds nobody up. */
export async function writeCommits(sql: Sql, requests: CommitRequest[]): Promise<CommitVerdict[]> {
  const places = requests.flatMap(({ task, artefacts }) =>
    artefacts.flatMap((artefact) => {
      const init = initOf(artefact);
      return init ? [{ runId: task.runId, rendition: init.rendition }] : [];
    }),
  );
  // Runs before tasks, both in order: as every other transaction takes them. The first segments of a rendition may come from
  // two workers at once, and only the lock shows one the other's init.
  const runIds = [...new Set(places.map(({ runId }) => runId))].sort();
  if (runIds.length > 0) await sql('SELECT FROM runs WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE', [runIds]);
  const rows = await sql<{ id: string; fence: number; committed: boolean }>(
    `SELECT id, fence, status = 'completed' AS committed FROM transcoding_tasks
      WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE`,
    [requests.map(({ task }) => task.id)],
  );
  const verdicts = judgeCommits(
    requests,
    new Map(rows.map((row) => [row.id, row])),
    places.length > 0 ? await committedInits(sql, places) : new Map(),
  );
  const accepted = requests.filter((_, index) => verdicts[index] === 'write');
  if (accepted.length > 0) {
    await completeTasks(sql, accepted);
    await addArtefacts(sql, accepted);
  }
  return verdicts;
}

async function committedInits(sql: Sql, places: { runId: string; rendition: string }[]): Promise<Map<string, string>> {
  const rows = await sql<{ run_id: string; rendition: string; init: string | null }>(
    `SELECT run_id, rendition,
            (SELECT a.facts->>'initSha256' FROM artefacts a
              WHERE a.run_id = place.run_id AND a.kind = 'segment' AND a.rendition = place.rendition LIMIT 1) AS init
       FROM unnest($1::text[], $2::text[]) AS place (run_id, rendition)`,
    [places.map(({ runId }) => runId), places.map(({ rendition }) => rendition)],
  );
  return new Map(rows.flatMap(({ run_id, rendition, init }) => (init ? [[initPlace(run_id, rendition), init]] : [])));
}

async function completeTasks(sql: Sql, requests: CommitRequest[]): Promise<void> {
  await sql(
    `UPDATE transcoding_tasks t
        SET status = 'completed', progress = 1, output_key = done.output_key, completed_at = now(),
            duration_ms = extract(epoch FROM now() - t.started_at) * 1000, error_code = NULL, error_detail = NULL
       FROM unnest($1::text[], $2::text[]) AS done (id, output_key) WHERE t.id = done.id`,
    [requests.map(({ task }) => task.id), requests.map(({ artefacts }) => artefacts[0]?.key ?? null)],
  );
}

async function addArtefacts(sql: Sql, requests: CommitRequest[]): Promise<void> {
  const rows = requests.flatMap(({ task, artefacts }) => artefacts.map((artefact) => ({ task, artefact })));
  if (rows.length === 0) return;
  const of = (pick: (task: TakenTask) => string) => rows.map(({ task }) => pick(task));
  const artefacts = rows.map(({ artefact }) => artefact);
  await sql(
    `INSERT INTO artefacts (task_id, run_id, video_id, kind, rendition, segment_index, key, size, sha256, facts)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[], $8::bigint[],
                          $9::text[], $10::jsonb[])
     ON CONFLICT (task_id, key) DO NOTHING`,
    [
      of(({ id }) => id),
      of(({ runId }) => runId),
      of(({ videoId }) => videoId),
      artefacts.map(({ kind }) => kind),
      artefacts.map(({ rendition }) => rendition),
      artefacts.map(({ segmentIndex }) => segmentIndex),
      artefacts.map(({ key }) => key),
      artefacts.map(({ size }) => size),
      artefacts.map(({ sha256 }) => sha256),
      artefacts.map(({ facts }) => json(facts)),
    ],
  );
}
