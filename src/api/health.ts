import { Router } from 'express';
import { toCatalogueError } from '../errors/catalogue-error.ts';
import { newId } from '../ids.ts';
import type { Storage } from '../storage/storage.ts';
import type { ApiServices } from './services.ts';

const timeoutMs = 2_000;

/** `/healthz`: the process lives. `/readyz`: what it needs answers; 503 and the reason of each that does not. */
export function healthRoutes({ database, storage, queues }: ApiServices): Router {
  return Router()
    .get('/healthz', (_request, response) => {
      response.set('cache-control', 'no-store').json({ status: 'ok' });
    })
    .get('/readyz', async (_request, response) => {
      const [postgres, store, queue] = await Promise.all([
        check(() => database.ping(timeoutMs)),
        check(() => writeOnce(storage)),
        check(() => queues.ping()),
      ]);
      const ready = postgres.ok && store.ok && queue.ok;
      response
        .set('cache-control', 'no-store')
        .status(ready ? 200 : 503)
        .json({ status: ready ? 'ready' : 'not_ready', checks: { postgres, storage: store, queue } });
    });
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
