import { createServer } from 'node:net';
import { CatalogueError } from '../errors/catalogue-error.ts';

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
  release(): void;
}

/**
 * A user that no other process of this machine uses now. It is held by the name of an abstract socket: the kernel gives it to one process
 * alone, and frees it when that dies. Rejects with PROCESS_FAILED where all are taken.
 */
export async function takeUser(): Promise<ToolUser> {
  const start = Math.floor(Math.random() * count);
  for (let step = 0; step < count; step += 1) {
    const id = first + ((start + step) % count);
    const release = await hold(`\0reelmill-tool-${id}`);
    if (release) return { id, release };
  }
  throw new CatalogueError('PROCESS_FAILED', 'every user for tools is taken');
}

function hold(name: string): Promise<(() => void) | null> {
  const server = createServer((socket) => socket.destroy()).unref();
  return new Promise((resolve) => {
    server.once('error', () => resolve(null));
    server.listen(name, () => resolve(() => void server.close()));
  });
}
