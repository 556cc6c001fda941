// needs: redis-server
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { freePort } from '../../../src/local/free-port.ts';
import { type Home, homeAt, makeHome } from '../../../src/local/home.ts';
import { commandOf } from '../../../src/local/other-process.ts';
import { findRedis, startRedis } from '../../../src/local/start-redis.ts';
import { testFolder } from '../../support/folder.ts';

const start = async (home: Home) => startRedis(home, findRedis() ?? '', await freePort());

async function testHome(): Promise<Home> {
  const home = homeAt(await testFolder('redis'));
  await makeHome(home);
  return home;
}

async function ask<Answer>(url: string, question: (client: Redis) => Promise<Answer>): Promise<Answer> {
  const client = new Redis(url, { retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    return await question(client);
  } finally {
    client.disconnect();
  }
}

test('it keeps what it was told over a stop and over kill -9, and is gone afterwards', async () => {
  const home = await testHome();
  const first = await start(home);
  await ask(first.url, (client) => client.set('kept', 'yes'));
  await first.stop();
  expect(await commandOf(first.pid)).toBeNull();

  const killed = await start(home);
  expect(await ask(killed.url, (client) => client.get('kept'))).toBe('yes');
  await new Promise((resolve) => setTimeout(resolve, 1_100)); // appendfsync everysec
  process.kill(killed.pid, 'SIGKILL');
  await killed.ended;

  const last = await start(home);
  expect(await ask(last.url, (client) => client.get('kept'))).toBe('yes');
  expect(await ask(last.url, (client) => client.config('GET', 'maxmemory-policy'))).toEqual([
    'maxmemory-policy',
    'noeviction',
  ]);
  await last.stop();
});

test('nobody gets in without the password', async () => {
  const server = await start(await testHome());
  const open = server.url.replace(/:[0-9a-f]{64}@/, '');
  await expect(ask(open, (client) => client.ping())).rejects.toThrow(/NOAUTH/);
  await server.stop();
});

test('one that runs on in this home is ended, and its place taken; another home’s is not touched', async () => {
  const home = await testHome();
  const other = await start(await testHome());
  const left = await start(home);
  const next = await start(home);
  await left.ended;
  expect(await ask(next.url, (client) => client.ping())).toBe('PONG');
  expect(await ask(other.url, (client) => client.ping())).toBe('PONG');
  await next.stop();
  await other.stop();
});
