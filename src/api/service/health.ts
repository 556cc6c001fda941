import { randomUUID } from 'node:crypto';
import { Router } from 'express';
import type { Database } from '../../database/database.ts';
import type { ErrorCode } from '../../errors/catalogue.ts';
import { CatalogueError, toCatalogueError } from '../../errors/catalogue-error.ts';
import { within } from '../../flows/time-out.ts';
import type { Logger } from '../../log.ts';
import type { Storage } from '../../storage/storage.ts';
import type { ApiServices } from '../services.ts';
import { shareAnswer } from './share-answer.ts';

const timeoutMs = 2_000;

/**
 * `/healthz`: the process lives. `/readyz`: what it needs answers; 503 and the reason of each that does not. It shows how many
 * workers live (none is no reason: the API can serve) and what confines their tools; where a sandbox is required, one worker without it is a reason. All
 * who ask within `readinessMs` share one look, for anybody may ask; the reasons are told in plain words, and whole in the log.
 */
export function healthRoutes(services: ApiServices): Router {
  const readiness = shareAnswer(() => look(services), { ms: services.settings.readinessMs });
  return Router()
    .get('/healthz', (_request, response) => {
      response.set('cache-control', 'no-store').json({ status: 'ok' });
    })
    .get('/readyz', async (_request, response) => {
      const body = await readiness();
      response
        .set('cache-control', 'no-store')
        .status(body.status === 'ready' ? 200 : 503)
        .json(body);
    });
}

/** Asks all that the product stands on. Never rejects. */
async function look({ database, storage, queues, settings, log }: ApiServices) {
  const live = within(timeoutMs, 'workers', database.workers.live());
  const [postgres, store, queue, sandbox, workers] = await Promise.all([
    check('Postgres', log, async () => {
      await database.ping(timeoutMs);
      await database.requireMigrated();
      await live;
    }),
    check('storage', log, () => writeOnce(storage)),
    check('the queue', log, () => queues.ping()),
    settings.sandbox === 'require'
      ? live.then(
          (found) => check('sandbox', log, async () => refuseWeaker(found)),
          () => null, // Postgres' fault, and told as such
        )
      : null,
    live.catch(() => null),
  ]);
  const checks = { postgres, storage: store, queue, ...(sandbox && { sandbox }) };
  const ready = Object.values(checks).every(({ ok }) => ok);
  return {
    status: ready ? 'ready' : 'not_ready',
    checks,
    workers: workers && countByFleet(workers),
    sandbox: { setting: settings.sandbox, workers: workers && countByLevel(workers) },
  };
}

type Live = Awaited<ReturnType<Database['workers']['live']>>;

/** Pure: how many workers live of each fleet. Those of none are named: 0 is what an operator looks for. */
export function countByFleet(live: Live): Record<string, number> {
  const counts: Record<string, number> = { cpu: 0, gpu: 0 };
  for (const { fleet, count } of live) counts[fleet] = (counts[fleet] ?? 0) + count;
  return counts;
}

/** Pure: how many workers live at each level of confinement, on all fleets. */
export function countByLevel(live: Live): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { sandbox, count } of live) counts[sandbox] = (counts[sandbox] ?? 0) + count;
  return counts;
}

/** Pure: throws SANDBOX_UNAVAILABLE where a worker lives whose tools run in no namespaces of their own. */
export function refuseWeaker(live: Live): void {
  const weaker = live.filter(({ sandbox }) => sandbox !== 'bwrap');
  if (weaker.length === 0) return;
  const words = weaker.map(({ fleet, sandbox, count }) => `${count} ${fleet} at ${sandbox}`).join(', ');
  throw new CatalogueError(
    'SANDBOX_UNAVAILABLE',
    `REELMILL_SANDBOX=require, and not every worker is at bwrap: ${words}.`,
  );
}

type Check = { ok: true; ms: number } | { ok: false; ms: number; code: string; detail: string };

async function check(name: string, log: Logger, ask: () => Promise<unknown>): Promise<Check> {
  const start = performance.now();
  const ms = () => Math.round(performance.now() - start);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), 2 * timeoutMs);
  });
  try {
    await Promise.race([ask(), late]);
    return { ok: true, ms: ms() };
  } catch (error) {
    log.warn({ err: error, check: name }, 'not ready');
    return { ok: false, ms: ms(), ...publicReason(name, toCatalogueError(error)) };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Pure: what anybody may know of a check that failed. What services themselves say can name objects, vendors and folders: only the log
 * has it. What our own rules say stays.
 */
export function publicReason(name: string, { code, detail }: CatalogueError): { code: ErrorCode; detail: string } {
  if (code === 'SANDBOX_UNAVAILABLE' || (code === 'CONFIG_INVALID' && name === 'Postgres')) return { code, detail };
  return code === 'CONFIG_INVALID'
    ? { code, detail: `${name} is not set up as Reelmill needs it: its log and "reelmill doctor" say what to mend` }
    : { code: 'SERVICE_UNAVAILABLE', detail: `${name} does not answer` };
}

async function writeOnce(storage: Storage): Promise<void> {
  const key = `health/${randomUUID()}`;
  await storage.put(key, new Uint8Array([1]), { contentType: 'application/octet-stream' });
  await storage.remove(key);
}
