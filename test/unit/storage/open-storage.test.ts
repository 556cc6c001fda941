import { expect, test } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { isFileStorage, openStorage, storagePlace } from '../../../src/storage/open-storage.ts';

const secret = 'a secret of tests, long enough for all';
const open = (environment: Record<string, string>) =>
  openStorage(readConfig({ REELMILL_SECRET: secret, ...environment }));

test('is a folder of REELMILL_HOME, or the one that STORAGE_URL names', async () => {
  const place = (environment: Record<string, string>) => storagePlace(readConfig(environment));
  expect(place({ REELMILL_HOME: '/home/films' })).toEqual({ kind: 'file', root: '/home/films/storage' });
  expect(place({ STORAGE_URL: 'file:///data/my%20films' })).toEqual({ kind: 'file', root: '/data/my films' });
  const storage = await open({ API_PORT: '8099' });
  expect(isFileStorage(storage)).toBe(true);
  expect(await storage.signGetUrl('a/b', new Date())).toMatch(/^http:\/\/127\.0\.0\.1:8099\/storage\/a\/b\?/);
});

test('is S3, with no secret of ours', async () => {
  const storage = await open({ STORAGE_URL: 's3://films/all?endpoint=http://127.0.0.1:1', REELMILL_SECRET: '' });
  expect(isFileStorage(storage)).toBe(false);
  expect(storage.localPath('transcoded/a')).toBeNull();
});

test.each([
  [{ STORAGE_URL: 's3://bucket?regoin=x' }, 'STORAGE_URL'],
  [{ STORAGE_URL: 'file://host/folder' }, 'STORAGE_URL'],
  [{ STORAGE_URL: 'https://bucket.s3.amazonaws.com' }, 'STORAGE_URL'],
  [{ STORAGE_URL: 's3://bucket', UPLOAD_URL_SECONDS: '604801' }, 'UPLOAD_URL_SECONDS'],
  [{ REELMILL_SECRET: 'short' }, 'REELMILL_SECRET'],
  [{ REELMILL_SECRET: '' }, 'REELMILL_SECRET'],
])('refuses %j by name', async (environment, name) => {
  await expect((async () => open(environment))()).rejects.toThrow(`CONFIG_INVALID: ${name}`);
});
