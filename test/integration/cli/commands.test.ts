import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testFolder } from '../../support/folder.ts';
import { unmigratedDatabase } from '../../support/postgres.ts';
import { jsonLines, reelmill } from '../../support/reelmill.ts';

test('help names every command and what the exit codes mean', async () => {
  const { code, stdout } = await reelmill(['--help']);
  expect(code).toBe(0);
  for (const command of [
    'up',
    'ingest',
    'status',
    'retry',
    'cancel',
    'rm',
    'login',
    'doctor',
    'migrate',
    'api',
    'relay',
    'worker',
  ]) {
    expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  }
  expect(stdout).toContain('Exit codes: 0 all ready, 1 a video failed, 2 usage, 3 no device, 4 a service is missing.');
});

test.each([
  ['an unknown command', ['nonsense'], 2, /unknown command/],
  ['an unknown option', ['up', '--nonsense'], 2, /unknown option/],
  ['a number of workers that is none', ['up', '--workers', 'cpu=none'], 2, /cpu=N/],
  ['no file to ingest', ['ingest'], 2, /missing required argument/],
  ['a file that is not there', ['ingest', '/nowhere/film.mp4'], 2, /there is no such file/],
  ['a folder for a file', ['ingest', '/'], 2, /not a file/],
  ['a queue that is none', ['worker', 'cpu', '--queues', 'gold'], 2, /gold/],
  ['no GPU', ['worker', 'gpu'], 3, /No GPU that can encode/],
  ['no API to ask', ['status', 'vid_1'], 4, /reelmill up/],
  ['no database', ['migrate'], 4, /DATABASE_URL/],
])('%s: exit code and reason', async (_, args, code, reason) => {
  const finished = await reelmill(args, {
    REELMILL_HOME: await testFolder('cli'),
    CUDA_VISIBLE_DEVICES: '-1', // CUDA sees no device by this, also where there is one
  });
  expect(finished.stderr).toMatch(reason);
  expect(finished).toMatchObject({ code, stdout: '' });
});

test.each([['api'], ['relay'], ['worker', 'cpu'], ['worker', 'gpu'], ['up'], ['quickstart']])(
  'in production nothing starts without Redis, and says why: %s %s',
  async (...args) => {
    const { code, stderr } = await reelmill(args, {
      NODE_ENV: 'production',
      DATABASE_URL: 'postgres://nowhere/reelmill',
      REELMILL_SECRET: 'x'.repeat(40),
      REELMILL_HOME: await testFolder('cli'),
    });
    expect(stderr).toContain('NODE_ENV=production needs REDIS_URL');
    expect(stderr).toContain('local mode only');
    expect(code).toBe(4);
  },
);

test('in production what needs no queue runs without it', async () => {
  const environment = { NODE_ENV: 'production', REELMILL_HOME: await testFolder('cli') };
  expect(await reelmill(['doctor'], environment)).toMatchObject({ code: 0, stderr: '' });
  const status = await reelmill(['status', 'vid_1'], environment);
  expect(status.stderr).toContain('no API: start "reelmill up"');
  const migrate = await reelmill(['migrate'], { ...environment, DATABASE_URL: 'postgres://postgres@127.0.0.1:9/none' });
  expect(migrate).toMatchObject({ code: 4, stderr: expect.stringContaining('Postgres cannot be reached') });
});

test.each([
  ['API_PORT', 'many'],
  ['REELMILL_SECRET', 'short'],
  ['FFMPEG_PATH', '/nope'],
])('a setting that makes no sense is named before anything is started: %s=%s', async (name, value) => {
  const home = join(await testFolder('cli'), 'home');
  const { code, stderr, stdout } = await reelmill(['up'], { [name]: value, REELMILL_HOME: home });
  expect(stderr).toContain(`CONFIG_INVALID: ${name}`);
  expect({ code, stdout, started: existsSync(home) }).toEqual({ code: 2, stdout: '', started: false });
});

test('doctor finds every tool, says what replaces what is missing, and needs nothing more', async () => {
  const folder = await testFolder('doctor');
  const { code, stdout } = await reelmill(['doctor', '--json'], { PATH: folder, REELMILL_HOME: join(folder, 'home') });
  expect(code).toBe(0);
  const tools = Object.fromEntries(jsonLines(stdout).map((tool) => [tool.name, tool]));
  expect(tools.ffmpeg).toMatchObject({
    version: expect.stringContaining('2018'),
    instead: expect.any(String),
    ok: true,
  });
  expect(tools.ffprobe).toMatchObject({ found: expect.any(String), ok: true });
  expect(tools.packager).toMatchObject({ version: '3.4.2', ok: true });
  expect(tools['redis-server']).toMatchObject({ found: null, instead: expect.stringContaining('kept in Postgres') });
  expect(tools.postgres).toMatchObject({ version: '18.4', ok: true });
  expect(tools.chromium).toMatchObject({ found: null, neededFor: 'tests', without: expect.any(String), ok: true });
  expect(tools.bwrap).toMatchObject({ found: null, neededFor: 'confining', without: expect.any(String), ok: true });
  expect(tools.sandbox).toMatchObject({
    ok: true,
    setting: 'prefer',
    level: expect.stringMatching(/^(uid|limits|none)$/),
    holds: expect.any(String),
    lacks: expect.stringContaining('bubblewrap'),
    fix: 'apt-get install bubblewrap util-linux',
  });
});

test('doctor ends with 4 where something needed does not work, or a configured service does not answer', async () => {
  const folder = await testFolder('doctor');
  const fake = join(folder, 'ffmpeg');
  await writeFile(fake, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  const broken = await reelmill(['doctor'], { FFMPEG_PATH: fake, REELMILL_HOME: folder });
  expect(broken.code).toBe(4);
  expect(broken.stdout).toMatch(/✗ ffmpeg +not found\n +without it: no video is encoded/);

  const silent = await reelmill(['doctor', '--json'], {
    DATABASE_URL: 'postgres://postgres@127.0.0.1:9/reelmill',
    REELMILL_HOME: folder,
  });
  expect(silent.code).toBe(4);
  expect(jsonLines(silent.stdout)).toContainEqual(expect.objectContaining({ name: 'database', ok: false }));
});

test('on a database that is not migrated a process does not start, and doctor says the same', async () => {
  const database = await unmigratedDatabase();
  try {
    const environment = { DATABASE_URL: database.url, REELMILL_HOME: await testFolder('unmigrated') };
    const [relay, doctor] = await Promise.all([reelmill(['relay'], environment), reelmill(['doctor'], environment)]);
    expect(relay.stderr).toMatch(/^reelmill: CONFIG_INVALID: .* run "reelmill migrate" first/);
    expect([relay.code, doctor.code]).toEqual([4, 4]);
    expect(doctor.stdout).toMatch(/✗ database .* run "reelmill migrate" first/);
  } finally {
    await database.drop();
  }
});
