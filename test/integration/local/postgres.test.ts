import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { freePort } from '../../../src/local/free-port.ts';
import { type Home, homeAt, makeHome } from '../../../src/local/home.ts';
import { commandOf } from '../../../src/local/other-process.ts';
import { startPostgres } from '../../../src/local/start-postgres.ts';
import { testFolder } from '../../support/folder.ts';

async function testHome(): Promise<Home> {
  const home = homeAt(await testFolder('postgres'));
  await makeHome(home);
  return home;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('it starts, keeps what it holds over a stop, and is gone afterwards', async () => {
  const home = await testHome();
  const first = await startPostgres(home, await freePort());
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  await first.stop();
  expect(await commandOf(first.pid)).toBeNull();

  const second = await startPostgres(home, await freePort());
  expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  await second.stop();
  expect(await commandOf(second.pid)).toBeNull();
});

test('nobody gets in without the password, nor from another machine', async () => {
  const server = await startPostgres(await testHome(), await freePort());
  const wrong = server.url.replace(/:[0-9a-f]{64}@/, ':wrong@');
  await expect(query(wrong, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  expect(await query(server.url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  await server.stop();
});

test('killed, it comes back with what was committed, though its pid file names a stranger', async () => {
  const home = await testHome();
  const killed = await startPostgres(home, await freePort());
  await query(killed.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  process.kill(killed.pid, 'SIGKILL');
  await killed.ended;
  const pidFile = join(home.postgres, 'postmaster.pid');
  const stale = await readFile(pidFile, 'utf8');
  await writeFile(pidFile, stale.replace(/^\d+/, String(process.pid)));

  const again = await startPostgres(home, await freePort());
  expect(await query(again.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  await again.stop();
});

test('one that runs on in this folder is ended, and its place taken', async () => {
  const home = await testHome();
  const left = await startPostgres(home, await freePort());
  const next = await startPostgres(home, await freePort());
  await left.ended;
  expect(await query(next.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await next.stop();
});

test('it ends with the process that started it, killed or not', async () => {
  const home = await testHome();
  const script = join(import.meta.dirname, '../../fixtures/hold-postgres.ts');
  const holder = fork(script, [home.root], { execArgv: ['--import', 'tsx'] });
  const [{ pid }] = (await once(holder, 'message')) as [{ pid: number }];
  expect(await commandOf(pid)).toContain(home.postgres);
  holder.kill('SIGKILL');
  await expect.poll(() => commandOf(pid), { timeout: 10_000 }).toBeNull();
});
