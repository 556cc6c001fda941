import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { creatorScopes } from '../../../src/database/scopes.ts';
import { testFolder } from '../../support/folder.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';
import { jsonLines, reelmill, startReelmill } from '../../support/reelmill.ts';
import { seedVideo } from '../../support/seed-video.ts';

let open: OpenTestDatabase;
beforeAll(async () => {
  open = await openTestDatabase();
});
afterAll(() => open?.close());

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return address && typeof address === 'object' ? address.port : 0;
}

test('status --watch tells each change, outlives an API that is killed, and ends with the fate of the video', async () => {
  const folder = await testFolder('watch');
  const port = await freePort();
  const service = {
    REELMILL_HOME: join(folder, 'home'),
    DATABASE_URL: open.url,
    REELMILL_SECRET: 'a secret of tests, long enough for all',
    STORAGE_URL: pathToFileURL(join(folder, 'storage')).href,
    API_PORT: String(port),
    LOG_LEVEL: 'info',
  };
  const startApi = async () => {
    const api = startReelmill(['api'], service);
    await expect.poll(() => api.errors() + api.output(), { timeout: 20_000 }).toContain('"ready"');
    return api;
  };
  const key = await open.database.keys.create({
    creatorId: 'c',
    plan: 'standard',
    scopes: creatorScopes,
    name: 'test',
  });
  const client = {
    REELMILL_HOME: join(folder, 'home'),
    REELMILL_API_URL: `http://127.0.0.1:${port}`,
    REELMILL_API_KEY: key,
  };
  const { videoId, runId } = await seedVideo(open.database, 'uploaded', { creatorId: 'c', filename: 'film.mp4' });
  const { tasks } = open.database.jobPorts('wrk_1');

  const first = await startApi();
  const json = startReelmill(['status', videoId, '--watch', '--json'], client);
  const plain = startReelmill(['status', videoId, '--watch'], client);
  const looked = await reelmill(['status', videoId], client);
  expect(looked.stdout).toContain('\n  waits: no worker is running\n');
  await json.until((said) => said.includes('"uploaded"'));
  const probe = await tasks.take({ videoId, runId, name: 'probe' });
  await plain.until((said) => said.includes('film.mp4  probe: running'));

  first.process.kill('SIGKILL');
  await first.finished;
  await expect.poll(() => json.errors(), { timeout: 20_000 }).toContain('does not answer; trying again');
  await tasks.commit(probe, []);
  await startApi();
  await plain.until((said) => said.includes('film.mp4  probe: completed'));
  await open.database.tasks.failed({ runId, name: 'split' }, { code: 'INPUT_DAMAGED', detail: 'half of it is gone' });

  const [told, said] = await Promise.all([json.finished, plain.finished]);
  expect([told.code, said.code]).toEqual([1, 1]);
  const lines = jsonLines(told.stdout);
  expect(lines.at(0)).toMatchObject({ video_id: videoId, status: 'uploaded' });
  expect(lines.at(-1)).toMatchObject({ status: 'failed', error: { code: 'INPUT_DAMAGED' } });
  expect(lines.filter(({ status }) => status === 'failed')).toHaveLength(1);
  // The API that came back told what was known: the estimate aside, no line says what the one before it said.
  const known = lines.map((line) => JSON.stringify({ ...line, estimated_completion: null }));
  expect(known.filter((line, index) => line === known[index - 1])).toEqual([]);
  expect(said.stdout).toMatch(/film\.mp4: failed\n +Code +INPUT_DAMAGED/);

  const listed = await reelmill(['status'], client);
  expect(listed.stdout).toMatch(
    new RegExp(`^ID +STATUS +CREATED +TITLE\n${videoId}  failed \\(INPUT_DAMAGED\\) .* A film\n$`),
  );
  const unknown = await reelmill(['status', 'vid_0', '--watch'], client);
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no video vid_0') });
});
