import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunFile, readRunFile, removeRunFile, writeRunFile } from '../../../src/local/run-file.ts';

const run: RunFile = {
  api_url: 'http://127.0.0.1:8080',
  board_url: 'http://127.0.0.1:8080/admin/queues',
  api_key: 'rm_secret',
  database_url: 'postgres://postgres:x@127.0.0.1:5000/reelmill',
  redis_url: null,
  storage: { kind: 'file', root: '/data/storage' },
  pids: { api: 10, relay: 11, workers: [12, 13] },
};

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelmill-run-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('what was written is read again, by its owner alone, and nothing else is left beside it', async () => {
  const file = join(folder, 'run.json');
  await writeRunFile(file, run);
  await writeRunFile(file, { ...run, pids: { ...run.pids, api: 99 } });
  expect(await readRunFile(file)).toEqual({ ...run, pids: { api: 99, relay: 11, workers: [12, 13] } });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['run.json']);
  await removeRunFile(file);
  expect(await readRunFile(file)).toBeNull();
});

test.each(['', '{"api_url":', '{}', '[]'])('a file that is none of ours counts as none: %s', async (text) => {
  const file = join(folder, 'run.json');
  await writeFile(file, text);
  expect(await readRunFile(file)).toBeNull();
});
