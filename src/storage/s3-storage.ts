import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { createS3Clients, type S3Patience, standardPatience } from './s3-client.ts';
import { isMissingInS3, s3Error } from './s3-errors.ts';
import type { S3Location } from './s3-location.ts';
import { s3Objects } from './s3-objects.ts';
import { isOriginal, nameOf } from './s3-place.ts';
import { s3PutFile } from './s3-put-file.ts';
import { s3Signing } from './s3-sign.ts';
import { s3Uploads } from './s3-uploads.ts';
import { s3Writes } from './s3-writes.ts';
import type { Storage } from './storage.ts';

/**
 * Storage in S3, or what speaks its protocol: docs/storage/ says how buckets are set up. Clients send parts straight to it and fetch
 * from it by signed URLs; every request of ours is tried again with jitter, and has an end where S3 falls silent.
 */
export function createS3Storage(location: S3Location, patience: S3Patience = standardPatience): Storage {
  const clients = createS3Clients(location, patience);
  const objects = s3Objects(location, clients, patience);
  const writes = s3Writes(location, clients, objects);
  const uploads = s3Uploads(location, clients, objects);
  const signing = s3Signing(location, clients.signer);

  return {
    async head(key) {
      const found = await objects.look(key);
      return found && { key, size: found.size, etag: found.etag };
    },
    read: (key, range, options) => objects.read(key, range, options),
    list: (prefix) => objects.list(prefix),
    localPath: () => null,

    put: (key, body, options) => writes.put(key, body, options),
    putFile: s3PutFile({ objects, writes, uploads }),

    createMultipartUpload: (key, options) => uploads.create(key, options),
    listParts: (key, uploadId) => uploads.listParts(key, uploadId),
    completeMultipartUpload: (key, uploadId, parts) => uploads.complete(key, uploadId, parts),
    abortMultipartUpload: (key, uploadId) => uploads.abort(key, uploadId),
    signPartUrl: (part) => signing.part(part),
    signGetUrl: (key, expiresAt) => signing.get(key, expiresAt),

    async remove(key) {
      const name = nameOf(location, key);
      if (isOriginal(key)) return; // the policy of their bucket allows nobody to, us included
      try {
        await clients.requests.send(new DeleteObjectCommand(name));
      } catch (error) {
        if (!isMissingInS3(error)) throw s3Error(error, `removing ${key}`);
      }
    },
  };
}
