import { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { openBody } from './s3-body.ts';
import type { S3Clients, S3Patience } from './s3-client.ts';
import { isMissingInS3, s3Error, s3Status } from './s3-errors.ts';
import type { S3Location } from './s3-location.ts';
import { bucketsOf, nameOf } from './s3-place.ts';
import { explainRefusal } from './s3-refusal.ts';
import type { ByteRange, StoredObject } from './storage.ts';

/** As our rows have it: without quotes. */
export const plainEtag = (etag: string | undefined): string => (etag ?? '').replaceAll('"', '');

/** Looks at objects and reads them: nothing here changes anything. */
export function s3Objects(location: S3Location, { requests, reads }: S3Clients, { idleMs, attempts }: S3Patience) {
  const mostBreaks = attempts - 1;
  const list = async function* (Bucket: string, prefix: string): AsyncIterable<StoredObject> {
    let ContinuationToken: string | undefined;
    do {
      const page = await requests
        .send(new ListObjectsV2Command({ Bucket, Prefix: `${location.prefix}${prefix}`, ContinuationToken }))
        .catch((error: unknown) => Promise.reject(s3Error(error, `listing ${prefix}`)));
      for (const { Key, Size, ETag } of page.Contents ?? []) {
        const key = Key?.slice(location.prefix.length);
        // A bucket of the originals alone tells of nothing else.
        if (key && bucketsOf(location, key)[0] === Bucket) yield { key, size: Size ?? 0, etag: plainEtag(ETag) };
      }
      ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (ContinuationToken);
  };

  const get = async (key: string, Range?: string, etag?: string) => {
    const IfMatch = etag && `"${etag}"`;
    try {
      const found = await reads.send(new GetObjectCommand({ ...nameOf(location, key), Range, IfMatch }));
      const { Body: body, ContentLength: length } = found;
      if (!(body instanceof Readable) || length === undefined) throw new Error('the SDK gave no stream');
      return { body, length, etag: plainEtag(found.ETag) };
    } catch (error) {
      if (s3Status(error) !== 412) throw error;
      throw new CatalogueError('NOT_FOUND', `reading ${key}: the object is another one since`, { cause: error });
    }
  };

  return {
    /** Beside the object, what was noted with it when it was stored. */
    async look(key: string): Promise<(StoredObject & { notes: Record<string, string> }) | null> {
      try {
        const found = await requests.send(new HeadObjectCommand(nameOf(location, key)));
        return { key, size: found.ContentLength ?? 0, etag: plainEtag(found.ETag), notes: found.Metadata ?? {} };
      } catch (error) {
        // HEAD has no body: a bucket that is not there looks the same. Every write tells of it.
        if (isMissingInS3(error)) return null;
        throw s3Error(await explainRefusal(requests, error, nameOf(location, key)), `looking at ${key}`);
      }
    },

    async read(key: string, range?: ByteRange, { etag }: { etag?: string } = {}): Promise<Readable> {
      const doing = `reading ${key}`;
      const start = range?.start ?? 0;
      const first = await get(key, range && `bytes=${start}-${range.end}`, etag).catch((error: unknown) => {
        if (s3Status(error) === 416) return null; // behind the end there is nothing
        throw s3Error(error, doing);
      });
      if (!first) return Readable.from([]);
      const end = start + first.length - 1;
      return openBody(first.body, {
        ...{ length: first.length, idleMs, mostBreaks, doing },
        // The same object, or none: what another one has at this place is of no use.
        reopen: async (offset) => (await get(key, `bytes=${start + offset}-${end}`, first.etag)).body,
      });
    },

    /** By key, also where two buckets hold them. */
    async *list(prefix: string): AsyncIterable<StoredObject> {
      const lists = bucketsOf(location, prefix).map((bucket) => list(bucket, prefix)[Symbol.asyncIterator]());
      const heads = await Promise.all(lists.map(async (from) => ({ from, next: await from.next() })));
      for (;;) {
        const [first] = heads
          .filter(({ next }) => !next.done)
          .sort((a, b) => (a.next.value.key < b.next.value.key ? -1 : 1));
        if (!first) return;
        yield first.next.value;
        first.next = await first.from.next();
      }
    },
  };
}
