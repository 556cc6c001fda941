import { z } from 'zod';
import { soundReportSchema } from '../plan/audio-report.ts';
import { rateBuffer, rateControlSchema } from '../plan/rate-control.ts';
import type { Sql } from './client.ts';

/** What there is to tell of a plan, whichever version made it. Numbers that one does not know are null. */
const plannedSchema = z.object({
  durationSeconds: z.number(),
  frameRate: z.number().nullable(),
  /** Our units of encoding; none of sound alone. */
  segments: z.int(),
  mediaSegmentSeconds: z.number(),
  rungs: z.array(
    z
      .object({
        ...{ name: z.string(), codec: z.string(), width: z.int(), height: z.int() },
        rateControl: rateControlSchema.nullish().catch(null),
        /** Of plans that knew capped CRF alone. */
        maxrateKbps: z.number().nullish(),
      })
      .transform(({ rateControl, maxrateKbps, ...rung }) => ({
        ...rung,
        maxrateKbps: rateControl ? rateBuffer(rateControl).maxrateKbps : (maxrateKbps ?? null),
      })),
  ),
  audio: z.array(
    z.object({
      language: z.string().nullable(),
      title: z.string().nullable(),
      isDefault: z.boolean(),
      tracks: z.array(z.object({ name: z.string(), codec: z.string(), bitrateKbps: z.number() })),
    }),
  ),
});
export type Planned = z.infer<typeof plannedSchema>;

/** See `Library.planned`. The segments of a plan are most of it, and only counted. */
export async function plannedOf(sql: Sql, runId: string): Promise<Planned | null> {
  const [row] = await sql<{ planned: unknown }>(
    `SELECT jsonb_build_object('durationSeconds', plan->'source'->'durationSeconds', 'frameRate', plan->'source'->'frameRate',
              'segments', jsonb_array_length(plan->'segments'), 'mediaSegmentSeconds', plan->'mediaSegmentSeconds',
              'rungs', plan->'rungs', 'audio', plan->'audio') AS planned
       FROM runs WHERE id = $1 AND plan IS NOT NULL`,
    [runId],
  );
  return row ? plannedSchema.parse(row.planned) : null;
}

/** What is committed of a rendition (`h264/720p`, `audio/aac_128k`). */
export interface MadeRendition {
  rendition: string;
  /** Of its segments of encoding: how many are there. */
  segments: number;
  /** Of all that players fetch of it, bytes; null until it is packed. */
  bytes: number | null;
  /** Of its media alone: all, the largest, and how many. */
  mediaBytes: number;
  largestBytes: number;
  mediaSegments: number;
  playlistKey: string | null;
  /** Of sound: what was heard and what came out, LUFS. */
  lufs: { before: number | null; after: number | null } | null;
}

/** See `Library.made`. Of a segment that was made a second time there are two rows. */
export async function madeOf(sql: Sql, runId: string): Promise<MadeRendition[]> {
  const rows = await sql<Omit<MadeRendition, 'lufs'> & { report: unknown }>(
    `SELECT rendition, count(DISTINCT segment_index) FILTER (WHERE kind = 'segment')::int AS segments,
            (sum(size) FILTER (WHERE kind = 'output'))::float8 AS bytes,
            coalesce(sum(size) FILTER (WHERE ${isMedia}), 0)::float8 AS "mediaBytes",
            coalesce(max(size) FILTER (WHERE ${isMedia}), 0)::float8 AS "largestBytes",
            count(*) FILTER (WHERE ${isMedia})::int AS "mediaSegments",
            max(key) FILTER (WHERE kind = 'output' AND key LIKE '%/playlist.m3u8') AS "playlistKey",
            (array_agg(facts) FILTER (WHERE kind = 'audio'))[1] AS report
       FROM artefacts WHERE run_id = $1 AND kind IN ('segment', 'audio', 'output') AND rendition IS NOT NULL
      GROUP BY rendition`,
    [runId],
  );
  return rows.map(({ report, ...made }) => {
    const { data } = soundReportSchema.safeParse(report);
    return { ...made, lufs: data ? { before: data.before?.lufs ?? null, after: data.after?.lufs ?? null } : null };
  });
}

const isMedia = `kind = 'output' AND (key LIKE '%.m4s' OR key LIKE '%.ts')`;
