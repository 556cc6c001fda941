import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { storeFile } from '../../../src/jobs/store-artefact.ts';
import { createFileStorage } from '../../../src/storage/file-storage.ts';
import { testFolder } from '../../support/folder.ts';

const name = { kind: 'output', key: 'transcoded/vid_1/out.mp4', contentType: 'video/mp4' } as const;

async function places() {
  const folder = await testFolder('store');
  const storage = createFileStorage({
    root: join(folder, 'storage'),
    publicUrl: 'http://localhost',
    secret: 'x'.repeat(32),
  });
  return { storage, path: join(folder, 'out.mp4'), secret: join(folder, 'secret') };
}

test('what is stored has no name in the work folder any more: no later tool can change it', async () => {
  const { storage, path } = await places();
  await writeFile(path, 'bytes');
  expect(await storeFile(storage, name, path)).toMatchObject({ key: name.key, size: 5 });
  expect(existsSync(path)).toBe(false);
  expect(await readFile(storage.localPath(name.key) ?? '', 'utf8')).toBe('bytes');
});

test('a link is not followed, and a FIFO not waited at', async () => {
  const { storage, path, secret } = await places();
  await writeFile(secret, 'a secret');
  await symlink(secret, path);
  await expect(storeFile(storage, name, path)).rejects.toMatchObject({ code: 'ELOOP' });
  execFileSync('mkfifo', [`${path}.fifo`]);
  await expect(storeFile(storage, name, `${path}.fifo`)).rejects.toMatchObject({ code: 'OUTPUT_DAMAGED' });
  expect(await storage.head(name.key)).toBe(null);
});
