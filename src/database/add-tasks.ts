import { newId } from '../ids.ts';
import type { TaskSpec } from '../plan/task-specs.ts';
import type { Sql } from './client.ts';

/** A row for each task that the run does not have yet. */
export async function addTasks(
  sql: Sql,
  run: { videoId: string; runId: string; inputKey: string },
  specs: TaskSpec[],
): Promise<void> {
  await sql(
    `INSERT INTO transcoding_tasks (id, run_id, video_id, input_key, name, type, resolution, codec, segment_index, fingerprint)
     SELECT id, $1, $2, $3, name, type::"TaskType", resolution, codec, segment_index, fingerprint
       FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::int[], $10::text[])
         AS spec (id, name, type, resolution, codec, segment_index, fingerprint)
     ON CONFLICT (run_id, name) DO NOTHING`,
    [
      run.runId,
      run.videoId,
      run.inputKey,
      specs.map(() => newId('task')),
      specs.map(({ name }) => name),
      specs.map(({ type }) => type),
      specs.map(({ resolution }) => resolution),
      specs.map(({ codec }) => codec),
      specs.map(({ segmentIndex }) => segmentIndex),
      specs.map(({ fingerprint }) => fingerprint),
    ],
  );
}
