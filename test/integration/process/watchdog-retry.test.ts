import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeClip, testTools } from '../../support/clips.ts';
import { firstBelow, processesBelow } from '../../support/processes-below.ts';
import { queueOnRedis } from '../../support/queue-on-redis.ts';
import { openWholeSystem, type WholeSystem } from '../../support/whole-system.ts';

const services = queueOnRedis();
let folder: string;
let system: WholeSystem;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelmill-watchdog-'));
  // Encodes as fast as it plays: seconds in which one can be stopped.
  const slow = join(folder, 'ffmpeg');
  const { path } = (await testTools()).ffmpeg;
  const script = `#!/bin/sh\ncase "$*" in *libx264*) exec ${path} -re "$@";; *) exec ${path} "$@";; esac\n`;
  await writeFile(slow, script, { mode: 0o755 });
  system = await openWholeSystem(services.urls(), {
    ...{ FFMPEG_PATH: slow, STALL_TIMEOUT_MS: '5000' },
    REELMILL_SANDBOX: 'none', // it does not hold a script of a test
  });
});
afterAll(async () => {
  await system.close();
  await rm(folder, { recursive: true });
});

test('an encode whose ffmpeg is stopped is tried again by its worker, and the video becomes ready', async () => {
  await system.startRelay();
  await system.startWorker();
  const videoId = await system.upload(await makeClip({ seconds: 3, size: '64x36' }));
  const { pid, command } = await firstBelow(process.pid, 'ffmpeg', 'libx264');
  process.kill(pid, 'SIGSTOP');
  expect(await system.untilFinal(videoId, 110_000)).toMatchObject({ status: 'ready', errorCode: null });
  expect((await processesBelow(process.pid, 'ffmpeg')).map((one) => one.command)).not.toContain(command);

  const { rows } = await query('SELECT status, retry_count FROM transcoding_tasks WHERE type = $1', ['transcode']);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ status: 'completed' });
  expect(rows[0]?.retry_count).toBeGreaterThan(0);
}, 120_000);

async function query(text: string, values: string[]) {
  const client = new Client({ connectionString: services.urls().databaseUrl });
  await client.connect();
  try {
    return await client.query(text, values);
  } finally {
    await client.end();
  }
}
