import type { Artefact, TakenTask } from '../jobs/services.ts';
import type { Probe } from '../plan/probe.ts';
import type { Client } from './client.ts';
import { holdTask } from './hold-task.ts';
import { json } from './json.ts';
import { writeCommits } from './write-commits.ts';

/** The probe's artefacts, its facts on the run, and what users see of them on the video. See `Tasks.commitProbe`. */
export async function commitProbe(client: Client, task: TakenTask, artefacts: Artefact[], probe: Probe): Promise<void> {
  await client.transaction(async (sql) => {
    if ((await holdTask(sql, task)) === 'committed') return;
    await writeCommits(sql, [{ task, artefacts }]);
    await sql('UPDATE runs SET probe = $2 WHERE id = $1', [task.runId, json(probe)]);
    await sql(
      `UPDATE videos SET format = $2, duration_seconds = $3, width = $4, height = $5, codec = $6, bitrate = $7, warnings = $8
        WHERE id = $1`,
      [
        task.videoId,
        probe.format,
        probe.durationSeconds,
        probe.video?.width ?? null,
        probe.video?.height ?? null,
        probe.video?.codec ?? probe.audio[0]?.codec ?? null,
        probe.bitrateKbps,
        json(probe.warnings),
      ],
    );
  });
}
