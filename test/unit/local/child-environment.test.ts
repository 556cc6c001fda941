import { expect, test } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { childEnvironment, publicUrl } from '../../../src/local/child-environment.ts';
import { memoryEach, shareWords, slotsEach, workerShare } from '../../../src/local/worker-share.ts';

test.each([
  [{}, 'http://127.0.0.1:9000'],
  [{ API_HOST: '0.0.0.0' }, 'http://127.0.0.1:9000'],
  [{ API_HOST: '::' }, 'http://127.0.0.1:9000'],
  [{ API_HOST: '::1' }, 'http://[::1]:9000'],
  [{ API_HOST: 'video.lan' }, 'http://video.lan:9000'],
  [{ PUBLIC_URL: 'https://video.example/' }, 'https://video.example'],
])('what clients call the API: %o -> %s', (environment, url) => {
  expect(publicUrl(readConfig(environment), 9_000)).toBe(url);
});

test('the workers of one machine share its cores, each with one at least', () => {
  expect([slotsEach(8, 1), slotsEach(8, 2), slotsEach(8, 3), slotsEach(2, 4)]).toEqual([8, 4, 3, 1]);
});

test('and its memory, so that together they take no more than one would', () => {
  expect([memoryEach(1_000, 1), memoryEach(1_000, 3)]).toEqual([1_000, 333]);
});

test('what the environment sets is the share of each worker', () => {
  const environment = { WORKER_SLOTS: '3', WORKER_MEMORY_BYTES: String(1.5 * 2 ** 30) };
  const share = workerShare(readConfig(environment), environment, 4);
  expect(shareWords(share)).toBe('3 encodes at once, as far as 1.5 GiB of memory go');
});

test('children are given every service that was found, and no Redis where there is none', () => {
  const config = readConfig({ REELMILL_HOME: '/home/x/.reelmill' });
  const environment = childEnvironment(
    { PATH: '/bin', REDIS_URL: 'redis://stale', AUDIO_ONLY: 'publish' },
    {
      config,
      databaseUrl: 'postgres://d',
      redisUrl: null,
      secret: 's'.repeat(32),
      apiPort: 9_000,
      apiUrl: 'http://127.0.0.1:9000',
      storageUrl: 'file:///data',
      cpuWorkers: 1,
    },
  );
  expect(environment).toMatchObject({ PATH: '/bin', DATABASE_URL: 'postgres://d', REDIS_URL: '', API_PORT: '9000' });
  expect(readConfig(environment).AUDIO_ONLY).toBe('publish');
  expect(readConfig(environment).REDIS_URL).toBeUndefined();
  expect(readConfig(environment).WORKER_MEMORY_BYTES).toBe(config.WORKER_MEMORY_BYTES);
});
