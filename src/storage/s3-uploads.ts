import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { chooseParts } from './choose-parts.ts';
import { multipartEtag } from './etags.ts';
import type { S3Clients } from './s3-client.ts';
import { isMissingInS3, s3Error } from './s3-errors.ts';
import type { S3Location } from './s3-location.ts';
import { plainEtag, type s3Objects } from './s3-objects.ts';
import { nameOf } from './s3-place.ts';
import { contentMd5, headersOf, taken } from './s3-writes.ts';
import type { PutOptions, StoredObject, UploadedPart } from './storage.ts';

type PartName = Pick<UploadedPart, 'partNumber' | 'etag'>;

/** Multipart uploads: those of clients, who send their parts by signed URLs, and our own of large files. */
export function s3Uploads(location: S3Location, { requests }: S3Clients, objects: ReturnType<typeof s3Objects>) {
  const uploadOf = (key: string, UploadId: string) => ({ ...nameOf(location, key), UploadId });

  const listParts = async (key: string, uploadId: string): Promise<UploadedPart[]> => {
    const parts: UploadedPart[] = [];
    let PartNumberMarker: string | undefined;
    do {
      const page = await requests
        .send(new ListPartsCommand({ ...uploadOf(key, uploadId), PartNumberMarker }))
        .catch((error: unknown) => Promise.reject(s3Error(error, 'listing the parts of an upload')));
      for (const { PartNumber, Size, ETag } of page.Parts ?? [])
        parts.push({ partNumber: PartNumber ?? 0, size: Size ?? 0, etag: plainEtag(ETag) });
      PartNumberMarker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
    } while (PartNumberMarker);
    return parts;
  };

  return {
    async create(key: string, options: PutOptions): Promise<string> {
      try {
        const { UploadId } = await requests.send(
          new CreateMultipartUploadCommand({ ...nameOf(location, key), ...headersOf(key, options) }),
        );
        if (!UploadId) throw new Error('no UploadId came');
        return UploadId;
      } catch (error) {
        throw s3Error(error, `beginning an upload of ${key}`);
      }
    },

    async send(key: string, uploadId: string, partNumber: number, body: Uint8Array): Promise<PartName> {
      const part = { PartNumber: partNumber, Body: body, ContentLength: body.length, ContentMD5: contentMd5(body) };
      try {
        const { ETag } = await requests.send(new UploadPartCommand({ ...uploadOf(key, uploadId), ...part }));
        return { partNumber, etag: plainEtag(ETag) };
      } catch (error) {
        throw s3Error(error, `storing part ${partNumber} of ${key}`);
      }
    },

    listParts,

    /** Again with the same parts: the object that they made, also where the first answer was lost. */
    async complete(key: string, uploadId: string, wanted: PartName[]): Promise<StoredObject> {
      const etag = multipartEtag(wanted.map((part) => part.etag));
      const done = async (): Promise<StoredObject | null> => {
        const there = await objects.look(key);
        if (there && there.etag !== etag) throw taken(key);
        return there && { key, size: there.size, etag };
      };
      const before = await done(); // S3 itself would replace the object
      if (before) return before;
      try {
        const parts = chooseParts(wanted, await listParts(key, uploadId));
        const Parts = parts.map((part) => ({ PartNumber: part.partNumber, ETag: `"${part.etag}"` }));
        await requests.send(
          new CompleteMultipartUploadCommand({ ...uploadOf(key, uploadId), MultipartUpload: { Parts } }),
        );
        const object = await done();
        const size = parts.reduce((sum, part) => sum + part.size, 0);
        if (object?.size === size) return object;
        throw new CatalogueError('SERVICE_UNAVAILABLE', `joining ${key}: ${object?.size ?? 0} of ${size} bytes`);
      } catch (error) {
        // Sent twice at once, or its answer was lost and the SDK asked again: then there is no upload, and there is its object.
        const other = await done();
        if (other) return other;
        throw s3Error(error, `joining ${key}`);
      }
    },

    async abort(key: string, uploadId: string): Promise<void> {
      try {
        await requests.send(new AbortMultipartUploadCommand(uploadOf(key, uploadId)));
      } catch (error) {
        if (!isMissingInS3(error)) throw s3Error(error, `ending an upload of ${key}`);
      }
    },
  };
}
