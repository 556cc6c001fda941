import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '../../../src/log.ts';
import { openWorkFolders } from '../../../src/workers/work-folders.ts';

const log = createLog({ level: 'silent', name: 'test' });
let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'reelmill-work-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

test('a job gets an empty folder, which is gone after it, whether it succeeds or not', async () => {
  const folders = await openWorkFolders(root, log);
  await expect(
    folders.use(async (folder) => {
      expect(await readdir(folder)).toEqual([]);
      await writeFile(join(folder, 'half.mp4'), 'x');
      throw new Error('the encoder died');
    }),
  ).rejects.toThrow('the encoder died');
  expect(await readdir(root)).toEqual([]);
});

test('folders of dead processes of this machine are removed at start, and no others', async () => {
  const alive = `${hostname()}.${process.ppid}.abc`;
  const elsewhere = 'another-machine.1.abc';
  // Larger than any pid: nobody has it.
  for (const name of [`${hostname()}.99999999.abc`, alive, elsewhere]) await mkdir(join(root, name));
  await openWorkFolders(root, log);
  expect((await readdir(root)).sort()).toEqual([alive, elsewhere].sort());
});
