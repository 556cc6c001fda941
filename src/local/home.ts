import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Everything that local mode keeps, all of it below REELMILL_HOME. */
export interface Home {
  root: string;
  runFile: string;
  lockFile: string;
  logs: string;
  postgres: string;
  postgresPassword: string;
  redis: string;
  storage: string;
  secret: string;
  apiKey: string;
  samples: string;
}

/** Pure: the places in a home. `root` is absolute. */
export const homeAt = (root: string): Home => ({
  root,
  runFile: join(root, 'run.json'),
  lockFile: join(root, 'up.lock'),
  logs: join(root, 'logs'),
  postgres: join(root, 'postgres'),
  postgresPassword: join(root, 'postgres.password'),
  redis: join(root, 'redis'),
  storage: join(root, 'storage'),
  secret: join(root, 'secret'),
  apiKey: join(root, 'api-key'),
  samples: join(root, 'samples'),
});

/** Makes the folders of a home. The root stays open to look into: the system user of Postgres has to pass it. */
export async function makeHome(home: Home): Promise<void> {
  await mkdir(home.root, { recursive: true });
  await mkdir(home.logs, { recursive: true, mode: 0o700 });
  await mkdir(home.storage, { recursive: true, mode: 0o700 });
}
