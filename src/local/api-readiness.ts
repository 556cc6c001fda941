import { z } from 'zod';

const readyBody = z.object({
  checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string().optional() })),
});

/** Longer than /readyz waits for what it asks: its own words are better than ours. */
const patienceMs = 15_000;

export interface ApiReadiness {
  /** Of the answer. */
  status: number;
  /** Each check that fails: its name, and its words where it has some. */
  failing: { name: string; detail: string }[];
}

/** What the API of this URL says of itself. Rejects where it gives no answer at all. */
export async function apiReadiness(url: string, signal?: AbortSignal): Promise<ApiReadiness> {
  const late = AbortSignal.timeout(patienceMs);
  const response = await fetch(`${url}/readyz`, { signal: signal ? AbortSignal.any([signal, late]) : late });
  const body = readyBody.safeParse(await response.json().catch(() => null));
  const checks = body.success ? Object.entries(body.data.checks).filter(([, { ok }]) => !ok) : [];
  return {
    status: response.status,
    failing: checks.map(([name, { detail }]) => ({ name, detail: detail ?? 'fails' })),
  };
}
