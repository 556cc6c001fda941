import { Router } from 'express';
import type { Database } from '../../database/database.ts';
import { CatalogueError, toCatalogueError } from '../../errors/catalogue-error.ts';
import { within } from '../../flows/time-out.ts';
import { newId } from '../../ids.ts';
import type { Storage } from '../../storage/storage.ts';
import type { ApiServices } from '../services.ts';

const timeoutMs = 2_000;

/**
 * `/healthz`: the process lives. `/readyz`: what it needs answers; 503 and the reason of each that does not. It shows what confines the
 * tools of the workers that live, too; where a sandbox is required, one worker without it is a reason.
 */
export function healthRoutes({ database, storage, queues, settings }: ApiServices): Router {
  return Router()
    .get('/healthz', (_request, response) => {
      response.set('cache-control', 'no-store').json({ status: 'ok' });
    })
    .get('/readyz', async (_request, response) => {
      const live = within(timeoutMs, 'workers', database.workers.live());
      const [postgres, store, queue, sandbox, workers] = await Promise.all([
        check(async () => {
          await database.ping(timeoutMs);
          await database.requireMigrated();
          await live;
        }),
        check(() => writeOnce(storage)),
        check(() => queues.ping()),
        settings.sandbox === 'require'
          ? live.then(
              (found) => check(async () => refuseWeaker(found)),
              () => null, // Postgres' fault, and told as such
            )
          : null,
        live.catch(() => null),
      ]);
      const checks = { postgres, storage: store, queue, ...(sandbox && { sandbox }) };
      const ready = Object.values(checks).every(({ ok }) => ok);
      response
        .set('cache-control', 'no-store')
        .status(ready ? 200 : 503)
        .json({
          status: ready ? 'ready' : 'not_ready',
          checks,
          workers: workers && countByFleet(workers),
          sandbox: { setting: settings.sandbox, workers: workers && countByLevel(workers) },
        });
    });
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

async function check(ask: () => Promise<unknown>): Promise<Check> {
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
    const { code, detail } = toCatalogueError(error);
    return { ok: false, ms: ms(), code: code === 'INTERNAL' ? 'SERVICE_UNAVAILABLE' : code, detail };
  } finally {
    clearTimeout(timer);
  }
}

async function writeOnce(storage: Storage): Promise<void> {
  const { key } = await storage.put(`health/${newId('key')}`, new Uint8Array([1]), {
    contentType: 'application/octet-stream',
  });
  await storage.remove(key);
}
