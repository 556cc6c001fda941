import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { CatalogueError, toCatalogueError } from '../errors/catalogue-error.ts';
import { md5 } from './etags.ts';
import { isFileStorage } from './open-storage.ts';
import type { Storage } from './storage.ts';
import { corsWords, s3CodeOf, skewWords, storageFix } from './storage-fix.ts';

/** One thing that the product does with storage, tried out. */
export interface StorageProof {
  name: string;
  ok: boolean;
  ms: number;
  /** What was found. */
  detail: string;
  /** What to do where it does not work, or where something beside it does not. */
  fix: string | null;
}

interface Step {
  name: string;
  /** What to mend though it works; null where there is nothing. Rejects where it does not work. */
  take(): Promise<string | null>;
}

const body = Buffer.from('Reelmill was here to see whether this storage works.\n');
const options = { contentType: 'text/plain' };
/** Of a signed request, which the driver does not send, ms. */
const timeoutMs = 10_000;

/**
 * Does with storage, one after the other, what the product will: write, read, list, a signed GET, a part of an upload by a signed URL,
 * a look at originals, and a removal; the first that fails is the last. Nothing stays of it. The signed URLs of a folder lead to the API, which need not run: they are left
 * out. `origin`: of the pages that will upload. Never rejects.
 */
export async function* proveStorage(storage: Storage, origin: string): AsyncIterable<StorageProof> {
  const key = `health/${randomUUID()}`;
  const steps: Step[] = [
    { name: 'write', take: () => write(storage, key) },
    { name: 'read', take: () => read(storage, key) },
    { name: 'list', take: () => list(storage, key) },
  ];
  if (!isFileStorage(storage)) {
    steps.push({ name: 'signed GET', take: () => signedGet(storage, key) });
    steps.push({ name: 'signed part', take: () => signedPart(storage, origin) });
    steps.push({ name: 'read originals', take: () => readOriginals(storage) });
  }
  steps.push({ name: 'remove', take: () => remove(storage, key) });
  for (const step of steps) {
    const proof = await prove(step);
    yield proof;
    if (!proof.ok) break;
  }
  // After a failure; where it cannot be removed, it was most likely not written.
  await storage.remove(key).catch(() => {});
}

async function prove({ name, take }: Step): Promise<StorageProof> {
  const start = performance.now();
  const ms = () => Math.round(performance.now() - start);
  try {
    const fix = await take();
    const took = ms();
    return { name, ok: true, ms: took, detail: `works (${took} ms)`, fix };
  } catch (error) {
    const { detail, facts, operatorFix } = toCatalogueError(error);
    return { name, ok: false, ms: ms(), detail, fix: operatorFix ?? storageFix(String(facts.s3 ?? '')) };
  }
}

async function write(storage: Storage, key: string): Promise<string | null> {
  await storage.put(key, body, options);
  const again = await storage.put(key, body, options).catch(toCatalogueError);
  if (again instanceof CatalogueError && again.code === 'OBJECT_EXISTS') return null;
  return 'It lets a second write replace an object: add conditional-put=no to STORAGE_URL, and we look before we write.';
}

async function read(storage: Storage, key: string): Promise<null> {
  const found = await buffer(await storage.read(key, { start: 9, end: 11 }));
  if (String(found) !== 'was') throw broken('it gives other bytes than were stored');
  const object = await storage.head(key);
  if (object?.etag !== md5(body))
    throw broken('the ETag of an object is not the MD5 of its bytes (is it encrypted with KMS?)');
  return null;
}

async function list(storage: Storage, key: string): Promise<null> {
  for await (const object of storage.list(key)) if (object.key === key) return null;
  throw broken('it does not list what was stored');
}

async function signedGet(storage: Storage, key: string): Promise<string | null> {
  const answer = await send(await storage.signGetUrl(key, inAMinute()));
  const skew = skewWords(answer.headers.get('date'), new Date());
  if (answer.status !== 200) throw refused(answer.status, await answer.text(), skew);
  if (!Buffer.from(await answer.arrayBuffer()).equals(body)) throw broken('the signed URL gives other bytes');
  return skew;
}

/** Of an upload that is never completed nothing stays, in a bucket of originals either. */
async function signedPart(storage: Storage, origin: string): Promise<string | null> {
  const key = `originals/${randomUUID()}/original.bin`;
  const uploadId = await storage.createMultipartUpload(key, options);
  try {
    const part = { key, uploadId, partNumber: 1, mostBytes: body.length, expiresAt: inAMinute() };
    const url = await storage.signPartUrl(part);
    const answer = await send(url, { method: 'PUT', body, headers: { origin } });
    if (answer.status !== 200) throw refused(answer.status, await answer.text(), null);
    const [arrived] = await storage.listParts(key, uploadId);
    if (arrived?.etag !== md5(body)) throw broken('the part that was sent is not listed as it was sent');
    const preflight = { origin, 'access-control-request-method': 'PUT' };
    return corsWords((await send(url, { method: 'OPTIONS', headers: preflight })).headers, answer.headers, origin);
  } finally {
    await storage.abortMultipartUpload(key, uploadId);
  }
}

/** Of an object that is not there: 404 is good, and 403 what S3 says where the right to read or to list is missing. */
async function readOriginals(storage: Storage): Promise<null> {
  const key = `originals/${randomUUID()}/original.bin`;
  try {
    await storage.head(key);
    const found = await storage.read(key, { start: 0, end: 0 }).catch(toCatalogueError);
    if (!(found instanceof CatalogueError)) found.destroy();
    else if (found.code !== 'NOT_FOUND') throw found;
    for await (const _ of storage.list(key)) break;
    return null;
  } catch (error) {
    const { code, detail, facts } = toCatalogueError(error);
    if (facts.status !== 403) throw error;
    const operatorFix =
      'Give this access key s3:GetObject and s3:ListBucket on the bucket of originals: see docs/storage/.';
    throw new CatalogueError(code, detail, { cause: error, facts, operatorFix });
  }
}

/** What cannot be removed only takes room: nobody's work fails of it. */
async function remove(storage: Storage, key: string): Promise<string | null> {
  try {
    await storage.remove(key);
    return null;
  } catch (error) {
    const { detail } = toCatalogueError(error);
    return `${detail}: give this access key s3:DeleteObject on the bucket of outputs, or what is temporary stays in it.`;
  }
}

async function send(url: string, request: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(url, { ...request, signal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'TimeoutError';
    const where = new URL(url).host;
    throw new CatalogueError('SERVICE_UNAVAILABLE', `signed URLs lead to ${where}, which does not answer (${code})`, {
      cause: error,
      facts: { s3: code },
    });
  }
}

function refused(status: number, text: string, skew: string | null): CatalogueError {
  const code = s3CodeOf(text);
  const detail = skew ?? `a signed URL is refused: ${code || 'no reason said'} (${status})`;
  return new CatalogueError('SERVICE_UNAVAILABLE', detail, { facts: { s3: skew ? 'RequestTimeTooSkewed' : code } });
}

const broken = (words: string): CatalogueError => new CatalogueError('SERVICE_UNAVAILABLE', `storage: ${words}`);
const inAMinute = () => new Date(Date.now() + 60_000);
