import { createHash, randomUUID } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { storedCacheControl } from './cache-control.ts';
import { md5 } from './etags.ts';
import type { S3Clients } from './s3-client.ts';
import { s3Error, s3ErrorName, s3Status } from './s3-errors.ts';
import type { S3Location } from './s3-location.ts';
import type { s3Objects } from './s3-objects.ts';
import { plainEtag } from './s3-objects.ts';
import { isOriginal, nameOf } from './s3-place.ts';
import type { PutOptions, StoredObject } from './storage.ts';

/** Base64, as Content-MD5 has it (RFC 1864): S3 refuses bytes that were changed on their way. */
export const contentMd5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('base64');

/** What is stored with an object, for whoever fetches it from the bucket or from a CDN before it. */
export const headersOf = (key: string, { contentType }: PutOptions) => ({
  ContentType: contentType,
  CacheControl: storedCacheControl(key) ?? undefined,
  // What somebody uploaded is never shown as a page.
  ContentDisposition: isOriginal(key) ? 'attachment' : undefined,
});

export const taken = (key: string, cause?: unknown): CatalogueError =>
  new CatalogueError('OBJECT_EXISTS', `there is an object ${key} already`, { cause });

/** Writes objects that fit into one request. */
export function s3Writes(location: S3Location, { requests }: S3Clients, objects: ReturnType<typeof s3Objects>) {
  // A vendor without conditional writes says 501, once: from then on we look before we write.
  let conditional = location.conditionalPut;

  const send = async (key: string, body: Uint8Array, options: PutOptions, put: string): Promise<string> => {
    const IfNoneMatch = conditional ? '*' : undefined;
    if (!IfNoneMatch && (await objects.look(key))) throw taken(key);
    try {
      const { ETag } = await requests.send(
        new PutObjectCommand({
          ...{ ...nameOf(location, key), ...headersOf(key, options), IfNoneMatch, Metadata: { put } },
          ...{ Body: body, ContentLength: body.length, ContentMD5: contentMd5(body) },
        }),
      );
      return plainEtag(ETag) || md5(body);
    } catch (error) {
      if (!IfNoneMatch || s3ErrorName(error) !== 'NotImplemented') throw error;
      conditional = false;
      return send(key, body, options, put);
    }
  };

  return {
    async put(key: string, body: Uint8Array, options: PutOptions): Promise<StoredObject> {
      // Names this call: where the answer to an attempt is lost, the next one is refused by our own object.
      const put = randomUUID();
      try {
        return { key, size: body.length, etag: await send(key, body, options, put) };
      } catch (error) {
        const refused = s3Status(error) === 412 || s3ErrorName(error) === 'ConditionalRequestConflict';
        const there = refused ? await objects.look(key) : null;
        if (!there) throw s3Error(error, `storing ${key}`);
        if (there.notes.put === put) return { key, size: there.size, etag: there.etag };
        throw taken(key, error);
      }
    },
  };
}
