import { z } from 'zod';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Artefact, Runs } from '../jobs/services.ts';
import { encodePlanSchema } from '../plan/encode-plan.ts';
import { probeSchema } from '../plan/probe.ts';
import type { Client } from './client.ts';
import { keepRead } from './keep-read.ts';
import type { Notifier } from './notifier.ts';
import { decodeAnew } from './rebuild-run.ts';

/** Runs whose plan a process keeps parsed: every encode job of a run reads it, and it never changes once saved. */
const mostKept = 32;

const artefactSchema = z.object({
  kind: z.enum(['index', 'remux', 'segment', 'init', 'audio', 'output']),
  rendition: z.string().nullable(),
  segmentIndex: z.number().nullable(),
  key: z.string(),
  size: z.number(),
  sha256: z.string(),
  facts: z.record(z.string(), z.unknown()),
}) satisfies z.ZodType<Artefact>;

/** The runs as jobs see them. */
export function runsPort(client: Client, notifier: Notifier): Runs {
  return {
    probe: keepRead(mostKept, async (runId) => {
      const run = await client.prisma.run.findUnique({ where: { id: runId }, select: { probe: true } });
      if (!run?.probe) throw new CatalogueError('NOT_FOUND', `run ${runId} has no probe`);
      return probeSchema.parse(run.probe);
    }),

    plan: keepRead(mostKept, async (runId) => {
      const run = await client.prisma.run.findUnique({ where: { id: runId }, select: { plan: true } });
      if (!run?.plan) throw new CatalogueError('NOT_FOUND', `run ${runId} has no plan`);
      return encodePlanSchema.parse(run.plan);
    }),

    async decodesIndex(runId) {
      const run = await client.prisma.run.findUnique({ where: { id: runId }, select: { decodeIndex: true } });
      if (!run) throw new CatalogueError('NOT_FOUND', `there is no run ${runId}`);
      return run.decodeIndex;
    },

    async decodeAnew(task, reason) {
      const newRun = await decodeAnew(client, task, reason);
      if (!newRun) return null;
      notifier.outboxEntry();
      notifier.videoChanged(task.videoId);
      return newRun;
    },

    async artefacts(runId, kind) {
      const rows = await client.sql<Artefact>(
        `SELECT kind, rendition, segment_index AS "segmentIndex", key, size::float8 AS size, sha256, facts
           FROM artefacts WHERE run_id = $1 AND kind = $2
          ORDER BY rendition COLLATE "C" NULLS FIRST, segment_index NULLS FIRST, key COLLATE "C"`,
        [runId, kind],
      );
      return z.array(artefactSchema).parse(rows);
    },
  };
}
