// Runs after `npm install`: generates the database client into src/database/generated.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const prisma = resolve(root, 'node_modules/prisma/build/index.js');

if (!existsSync(prisma)) {
  console.log('prisma is not installed: the database client was not generated.');
} else {
  const { status, error, stdout, stderr } = spawnSync(process.execPath, [prisma, 'generate'], {
    cwd: root,
    encoding: 'utf8',
    // `generate` wants a schema engine to be there and never calls it: any executable will do, and nothing is downloaded.
    env: {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    },
  });
  if (status !== 0) {
    console.error(`The database client could not be generated:\n${error?.message ?? ''}${stdout ?? ''}${stderr ?? ''}`);
    process.exit(1);
  }
}
