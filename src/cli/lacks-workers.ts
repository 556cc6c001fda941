import { z } from 'zod';
import type { ApiClient } from './api-client.ts';

const readiness = z.object({ workers: z.record(z.string(), z.number()).nullable() });

/** Whether the API tells that no worker lives. False where it does not tell: an older one, or one that is not ready itself. */
export async function lacksWorkers(api: ApiClient): Promise<boolean> {
  const told = await api.call('GET', '/readyz', readiness).catch(() => null);
  return told?.workers != null && Object.values(told.workers).every((count) => count === 0);
}
