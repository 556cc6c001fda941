/**
 * Writes the report of a video ($1) anew: what the probe of the run ($2) found, what its plan does about it, and what came out
 * since ($3, a JSON array). Anew, because a second delivery of a job must not say everything twice.
 */
export const reportSql = `
  UPDATE videos SET warnings = coalesce(runs.probe->'warnings', '[]') || coalesce(runs.plan->'warnings', '[]') || $3::jsonb
    FROM runs WHERE runs.id = $2 AND videos.id = $1`;
