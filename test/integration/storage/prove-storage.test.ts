import { afterAll, beforeAll, expect, test } from 'vitest';
import { tellOfStorage } from '../../../src/cli/tell-of-storage.ts';
import { readConfig } from '../../../src/config.ts';
import { proveStorage, type StorageProof } from '../../../src/storage/prove-storage.ts';
import type { Storage } from '../../../src/storage/storage.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { testFolder } from '../../support/folder.ts';
import { jsonLines, reelmill } from '../../support/reelmill.ts';
import { s3On, storageUrl } from '../../support/s3-storage.ts';
import { type Swift, startSwift } from '../../support/swift.ts';

const origin = 'https://studio.example';
let swift: Swift;
let proxy: FaultProxy;
let bucket: string;

beforeAll(async () => {
  swift = await startSwift();
  proxy = await startFaultProxy(swift.url);
  bucket = await swift.bucket();
});
afterAll(async () => {
  await proxy?.close();
  await swift?.stop();
});

const patience = { attempts: 2, connectMs: 500 };
async function prove(storage: Storage): Promise<StorageProof[]> {
  const proofs: StorageProof[] = [];
  for await (const proof of proveStorage(storage, origin)) proofs.push(proof);
  return proofs;
}
const last = async (storage: Storage) => (await prove(storage)).at(-1);

test('all that the product does is tried, and nothing of it stays', async () => {
  const storage = await s3On(swift, { bucket });
  const proofs = await prove(storage);
  const names = ['write', 'read', 'list', 'signed GET', 'signed part', 'read originals', 'remove'];
  expect(proofs.map(({ name }) => name)).toEqual(names);
  for (const proof of proofs) expect(proof).toMatchObject({ ok: true, fix: null, detail: `works (${proof.ms} ms)` });
  for await (const object of storage.list('')) throw new Error(`${object.key} stayed`);
});

test('a bucket that is not there', async () => {
  const proof = { name: 'write', ok: false, fix: expect.stringMatching(/Make the bucket/) };
  expect(await last(await s3On(swift, { bucket: 'nobody-made-it' }))).toMatchObject(proof);
  const originals = await last(await s3On(swift, { bucket, more: { originals: 'nobody-made-it' } }));
  expect(originals).toMatchObject({ ...proof, name: 'signed part' });
});

test('an endpoint that does not answer', async () => {
  const storage = await s3On(swift, { bucket, endpoint: 'http://127.0.0.1:9', patience });
  expect(await last(storage)).toMatchObject({ name: 'write', ok: false, fix: expect.stringContaining('endpoint=') });
  const elsewhere = await s3On(swift, { bucket, more: { 'public-endpoint': 'http://127.0.0.1:9' } });
  expect(await last(elsewhere)).toMatchObject({
    ...{ name: 'signed GET', ok: false, fix: expect.stringContaining('endpoint=') },
    detail: expect.stringContaining('127.0.0.1:9'),
  });
});

test('a clock that goes wrong', async () => {
  const storage = await s3On(swift, { bucket, endpoint: proxy.url });
  const anHourAgo = new Date(Date.now() - 3_600_000).toUTCString();
  // Not for the SDK's own requests: it would correct itself by them.
  proxy.next('GET', /X-Amz-Signature/, { does: 'date', date: anHourAgo });
  const proofs = await prove(storage);
  expect(proofs[3]).toMatchObject({
    name: 'signed GET',
    ok: true,
    fix: expect.stringMatching(/^The clock here is 36\d\d s ahead of .*NTP/),
  });
});

test('a vendor that replaces objects', async () => {
  const storage = await s3On(swift, { bucket, endpoint: proxy.url });
  proxy.next('PUT', /health/, { does: 'answer', status: 200, times: 2 });
  expect((await prove(storage))[0]).toMatchObject({ ok: true, fix: expect.stringContaining('conditional-put=no') });
});

test('rights that are missing: to read originals it fails, to remove what was tried it warns', async () => {
  const storage = await s3On(swift, { bucket, endpoint: proxy.url });
  proxy.next('GET', /\/originals\/[^/]*\/original\.bin\?x-id/, { does: 'answer', status: 403 });
  expect(await last(storage)).toMatchObject({
    ...{ name: 'read originals', ok: false },
    fix: expect.stringMatching(/s3:GetObject and s3:ListBucket/),
  });
  proxy.clear();
  proxy.next('DELETE', /health/, { does: 'answer', status: 403, times: 2 });
  const removal = { name: 'remove', ok: true, fix: expect.stringContaining('s3:DeleteObject') };
  expect(await last(storage)).toMatchObject(removal);
});

test('doctor says so, line by line; a wrong secret ends it with 4', async () => {
  const home = await testFolder('doctor');
  const environment = { ...swift.environment, REELMILL_HOME: home, STORAGE_URL: storageUrl(swift, bucket) };
  const [good, bad] = await Promise.all([
    reelmill(['doctor'], environment),
    reelmill(['doctor', '--json'], { ...environment, AWS_SECRET_ACCESS_KEY: 'wrong-secret-of-tests' }),
  ]);
  expect(good).toMatchObject({ code: 0 });
  for (const name of ['write', 'read', 'list', 'signed GET', 'signed part', 'read originals', 'remove'])
    expect(good.stdout).toMatch(new RegExp(`^✓ storage ${name} +works \\(\\d+ ms\\)$`, 'm'));
  expect(bad.code).toBe(4);
  expect(jsonLines(bad.stdout).find(({ name }) => name === 'storage write')).toMatchObject({
    ok: false,
    detail: expect.stringContaining('SignatureDoesNotMatch'),
    fix: expect.stringContaining('AWS_SECRET_ACCESS_KEY'),
  });
  expect(bad.stdout + bad.stderr).not.toContain('wrong-secret-of-tests');
});

test('up says what S3 refuses, and what to do', async () => {
  const said: string[] = [];
  const config = readConfig({ STORAGE_URL: storageUrl(swift, bucket) });
  const secret = (value: string) => Object.assign(process.env, { ...swift.environment, AWS_SECRET_ACCESS_KEY: value });
  secret('wrong-secret-of-tests');
  await tellOfStorage(config, { say: (words) => void said.push(words) });
  expect(said).toEqual([
    expect.stringMatching(/^✗ storage write .*SignatureDoesNotMatch.*\n +AWS_SECRET_ACCESS_KEY is not/),
  ]);
  secret(swift.secretAccessKey);
  await tellOfStorage(config, { say: (words) => void said.push(words) });
  expect(said).toHaveLength(1);
});
