import type { Database } from '../database/database.ts';
import { createLog } from '../log.ts';
import type { ServiceState } from './service-state.ts';

/** Rejects with the reason where the database does not answer or is not migrated to this version; else how many workers live. */
export async function databaseStates(url: string): Promise<ServiceState[]> {
  const { openDatabase } = await import('../database/open-database.ts');
  const database = await openDatabase({ url, log: createLog({ level: 'silent', name: 'doctor' }) });
  try {
    await database.requireMigrated();
    return [
      { name: 'database', ok: true, detail: 'answers, and is migrated' },
      workersState(await database.workers.live()),
    ];
  } finally {
    await database.close();
  }
}

/** Pure: none is no fault of this machine, but no video gets ready. */
export function workersState(live: Awaited<ReturnType<Database['workers']['live']>>): ServiceState {
  const fleets = new Map<string, number>();
  for (const { fleet, count } of live) fleets.set(fleet, (fleets.get(fleet) ?? 0) + count);
  const detail = [...fleets].map(([fleet, count]) => `${count} ${fleet}`).join(', ');
  if (detail) return { name: 'workers', ok: true, detail: `live: ${detail}` };
  return {
    name: 'workers',
    ok: true,
    detail: 'none is running: videos wait',
    fix: 'start one: reelmill worker cpu (or "reelmill up", which brings all)',
  };
}
