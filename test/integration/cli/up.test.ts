import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandOf } from '../../../src/local/other-process.ts';
import { type RunFile, readRunFile } from '../../../src/local/run-file.ts';
import { testFolder } from '../../support/folder.ts';
import { postmasterOf, processesOf } from '../../support/home-processes.ts';
import { jsonLines, reelmill, startReelmill } from '../../support/reelmill.ts';

const runOf = (stdout: string) => (stdout.includes('\n') ? (jsonLines(stdout)[0] as unknown as RunFile) : null);
const pidsOf = ({ pids }: RunFile) => [pids.api, pids.relay, ...pids.workers];

test('up starts everything, says where it is, starts again what dies, and stops all of it', async () => {
  const home = join(await testFolder('up'), 'home');
  const environment = { REELMILL_HOME: home, API_PORT: '0' };
  const up = startReelmill(['up', '--json', '--workers', 'cpu=2'], environment);
  const run = await up.until(runOf);

  const file = join(home, 'run.json');
  expect(await readRunFile(file)).toEqual(run);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(run.board_url).toBe(`${run.api_url}/admin/queues`);
  expect(run.storage).toEqual({ kind: 'file', root: join(home, 'storage') });
  expect(run.pids.workers).toHaveLength(2);
  await expect.poll(async () => (await fetch(`${run.api_url}/readyz`)).status).toBe(200);
  const video = `${run.api_url}/api/v1/videos/vid_01jd2m6w5k8x9y0z1a2b3c4d5e`;
  expect((await fetch(video)).status).toBe(401);
  expect((await fetch(video, { headers: { authorization: `Bearer ${run.api_key}` } })).status).toBe(404);

  // another one in the same home is refused, and harms nothing
  const second = await reelmill(['up'], environment);
  expect(second).toMatchObject({ code: 2, stderr: expect.stringContaining('already runs') });

  process.kill(run.pids.relay, 'SIGKILL');
  const restarted = await up.until((stdout) => jsonLines(stdout).find(({ event }) => event === 'restarted'));
  expect(restarted).toMatchObject({ process: 'relay' });
  const now = await readRunFile(file);
  expect(now?.pids.relay).not.toBe(run.pids.relay);
  expect(await commandOf(now?.pids.relay ?? 0)).toContain('relay');
  expect(now).toEqual({ ...run, pids: { ...run.pids, relay: now?.pids.relay } });

  const postmaster = await postmasterOf(home);
  process.kill(postmaster, 'SIGKILL');
  await expect.poll(() => postmasterOf(home).catch(() => postmaster), { timeout: 20_000 }).not.toBe(postmaster);
  const asked = () =>
    fetch(video, { headers: { authorization: `Bearer ${run.api_key}` } }).then(({ status }) => status);
  await expect.poll(asked, { timeout: 30_000, interval: 250 }).toBe(404);

  up.process.kill('SIGINT');
  expect((await up.finished).code).toBe(0);
  expect(await processesOf(home)).toEqual([]);
  expect(await readRunFile(file)).toBeNull();
});

test('killed, it takes everything with it, and the next one goes on with the same key', async () => {
  const home = join(await testFolder('up'), 'home');
  const environment = { REELMILL_HOME: home, API_PORT: '0' };
  const killed = startReelmill(['up', '--json'], environment);
  const run = await killed.until(runOf);
  killed.process.kill('SIGKILL');
  await expect.poll(() => processesOf(home), { timeout: 20_000 }).toEqual([]);

  const next = startReelmill(['up', '--json'], environment);
  const again = await next.until(runOf);
  expect(again.api_key).toBe(run.api_key);
  expect(pidsOf(again)).not.toEqual(pidsOf(run));
  // npm hands Ctrl-C on to a program that has had it from the terminal: twice at once is still one
  next.process.kill('SIGINT');
  next.process.kill('SIGINT');
  expect((await next.finished).code).toBe(0);
  expect(await processesOf(home)).toEqual([]);
});

test('services that are configured are used, and left alone; doctor, readiness and metrics agree on what runs', async () => {
  const folder = await testFolder('up');
  const owner = startReelmill(['up', '--json'], { REELMILL_HOME: join(folder, 'owner'), API_PORT: '0' });
  const { database_url, redis_url, api_url, api_key } = await owner.until(runOf);
  const guest = startReelmill(['up', '--json'], {
    REELMILL_HOME: join(folder, 'guest'),
    API_PORT: '0',
    DATABASE_URL: database_url,
    ...(redis_url ? { REDIS_URL: redis_url } : {}),
  });
  const run = await guest.until(runOf);
  expect(run).toMatchObject({ database_url, redis_url });
  guest.process.kill('SIGTERM');
  expect((await guest.finished).code).toBe(0);

  const doctor = await reelmill(['doctor', '--json'], { REELMILL_HOME: join(folder, 'owner') });
  expect(doctor.code, doctor.stdout).toBe(0);
  const services = jsonLines(doctor.stdout).filter(({ name }) => ['database', 'redis', 'api'].includes(String(name)));
  expect(services.map(({ ok }) => ok)).toEqual(redis_url ? [true, true, true] : [true, true]);

  // what confines tools is the same wherever it is shown; the guest's worker has ended and is not counted
  const { level } = jsonLines(doctor.stdout).find(({ name }) => name === 'sandbox') ?? {};
  await expect
    .poll(async () => (await fetch(`${api_url}/readyz`)).json())
    .toMatchObject({ status: 'ready', sandbox: { setting: 'prefer', workers: { [String(level)]: 1 } } });
  const metrics = await fetch(`${api_url}/metrics`, { headers: { authorization: `Bearer ${api_key}` } });
  expect(await metrics.text()).toContain(`reelmill_workers{fleet="cpu",sandbox="${level}"} 1\n`);

  const login = await reelmill(['login', '/watch/vid_1'], { REELMILL_HOME: join(folder, 'owner') });
  const followed = await fetch(login.stdout.trim(), { redirect: 'manual' });
  expect([followed.status, followed.headers.get('location')]).toEqual([303, '/watch/vid_1']);
});

test('Ctrl-C while it starts ends it at once, leaves nothing running, and the next start is none the worse', async () => {
  const home = join(await testFolder('up'), 'home');
  // A Redis that is not there: the start would wait for it.
  const away = { REELMILL_HOME: home, API_PORT: '0', REDIS_URL: 'redis://127.0.0.1:1' };
  const starting = startReelmill(['up'], away);
  await expect.poll(() => postmasterOf(home).catch(() => 0), { timeout: 20_000 }).toBeGreaterThan(0);
  starting.process.kill('SIGINT');
  expect(await starting.finished).toMatchObject({ code: 130, stdout: expect.stringContaining('stopping') });
  await expect.poll(() => processesOf(home), { timeout: 20_000 }).toEqual([]);

  const up = startReelmill(['up', '--json'], { REELMILL_HOME: home, API_PORT: '0' });
  await up.until(runOf);
});
