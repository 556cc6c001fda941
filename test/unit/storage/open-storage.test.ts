import { expect, test } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { openStorage } from '../../../src/storage/open-storage.ts';

const secret = 'a secret of tests, long enough for all';
const open = (environment: Record<string, string>) =>
  openStorage(readConfig({ REELMILL_SECRET: secret, ...environment }));

test('is a folder of REELMILL_HOME, or the one that STORAGE_URL names', async () => {
  expect(open({ REELMILL_HOME: '/home/films' }).root).toBe('/home/films/storage');
  expect(open({ STORAGE_URL: 'file:///data/my%20films' }).root).toBe('/data/my films');
  const storage = open({ API_PORT: '8099' });
  expect(await storage.signGetUrl('a/b', new Date())).toMatch(/^http:\/\/127\.0\.0\.1:8099\/storage\/a\/b\?/);
});

test.each([
  [{ STORAGE_URL: 's3://bucket' }, 'STORAGE_URL'],
  [{ STORAGE_URL: 'file://host/folder' }, 'STORAGE_URL'],
  [{ REELMILL_SECRET: 'short' }, 'REELMILL_SECRET'],
  [{ REELMILL_SECRET: '' }, 'REELMILL_SECRET'],
])('refuses %j by name', (environment, name) => {
  expect(() => open(environment)).toThrow(`CONFIG_INVALID: ${name}`);
});
