import { CatalogueError } from '../errors/catalogue-error.ts';
import { openUserClaims, type UserClaims } from './user-claims.ts';

/**
 * Numbers that no distribution gives to a user or group, one for the group of readers and the others for tools.
 * https://systemd.io/UIDS-GIDS: 60578 to 61183 are unused; above them are those of dynamic users.
 */
export const readersGroup = 60_578;
const first = 60_579;
const count = 605;

export interface ToolUser {
  /** Of the user and of its group. */
  id: number;
  release(): Promise<void>;
}

let opened: Promise<UserClaims> | undefined;

/** A user that no other process of this machine uses now. For root. Rejects with PROCESS_FAILED where all are taken. */
export async function takeUser(): Promise<ToolUser> {
  opened ??= openUserClaims().catch((error: unknown) => {
    opened = undefined; // perhaps there is room again
    throw error;
  });
  const claims = await opened;
  const start = Math.floor(Math.random() * count);
  for (let step = 0; step < count; step += 1) {
    const id = first + ((start + step) % count);
    const release = await claims.claim(id);
    if (release) return { id, release };
  }
  throw new CatalogueError('PROCESS_FAILED', 'every user for tools is taken');
}
