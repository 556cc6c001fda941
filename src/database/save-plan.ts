import type { TakenTask } from '../jobs/services.ts';
import type { EncodePlan } from '../plan/encode-plan.ts';
import type { TaskSpec } from '../plan/task-specs.ts';
import { addTasks } from './add-tasks.ts';
import { adoptCommitted } from './adopt-tasks.ts';
import type { Client } from './client.ts';
import { holdTask } from './hold-task.ts';
import { json } from './json.ts';
import { reportSql } from './report.ts';

/** The plan on its run, a row for each of its tasks, and what earlier runs have made of them. See `Tasks.savePlan`. */
export async function savePlan(client: Client, task: TakenTask, plan: EncodePlan, specs: TaskSpec[]): Promise<void> {
  await client.transaction(async (sql) => {
    if ((await holdTask(sql, task)) === 'committed') return;
    // The first plan stays: what has been taken over or encoded since belongs to it.
    await sql('UPDATE runs SET plan = $2 WHERE id = $1 AND plan IS NULL', [task.runId, json(plan)]);
    await sql(reportSql, [task.videoId, task.runId, json([])]);
    await addTasks(sql, { ...task, inputKey: plan.source.key }, specs);
    await adoptCommitted(sql, task.runId, null);
  });
}
