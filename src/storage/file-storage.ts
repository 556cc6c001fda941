import { copyFile, open, readdir, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { checkPartNumber } from './check-part-number.ts';
import { md5, md5OfFile } from './etags.ts';
import { errorCode, ifThere } from './file-errors.ts';
import { fileUploads } from './file-uploads.ts';
import { listObjects } from './list-objects.ts';
import { checkedKey, type ObjectPaths, objectPaths } from './object-paths.ts';
import { incomingPath, lookUp, publishFile, syncPath } from './publish-file.ts';
import { type Grant, type SignedRequest, signUrl, verifyRequest } from './signed-urls.ts';
import type { Storage, StoredObject, UploadedPart } from './storage.ts';

/** Storage in a folder. Its signed URLs lead to the API, which gives what arrives to `acceptPart` and `openSigned`. */
export interface FileStorage extends Storage {
  root: string;
  /** `PUT <publicUrl>/storage/…`: stores a part of `bytes`. Rejects with SIGNATURE_INVALID, SIGNATURE_EXPIRED or UPLOAD_TOO_LARGE, NOT_FOUND where the upload is over. */
  acceptPart(request: SignedRequest & { bytes: number }, body: Readable): Promise<UploadedPart>;
  /** `GET <publicUrl>/storage/…`: the object that the URL grants; its bytes by `read`. Rejects as `acceptPart` does. */
  openSigned(request: SignedRequest): Promise<StoredObject & { contentType: string }>;
}

/**
 * The driver for one machine: an object is a file at `root/<key>`. Everything is written aside, synced and then linked into
 * its place, so that an object is whole or not there, and never replaced. `secret` signs the URLs.
 */
export function createFileStorage(options: { root: string; publicUrl: string; secret: string }): FileStorage {
  const paths = objectPaths(options.root);
  const uploads = fileUploads(paths);
  const granted = (request: SignedRequest): Grant => verifyRequest(request, options.secret, new Date());

  return {
    root: options.root,

    async head(key) {
      const found = await lookUp(paths, key);
      return found && { key, size: found.size, etag: found.etag };
    },

    async read(key, range, { etag } = {}) {
      if (etag && (await lookUp(paths, key))?.etag !== etag) {
        throw new CatalogueError('NOT_FOUND', `there is no object ${key} of the ETag ${etag}`);
      }
      const handle = await ifThere(open(paths.object(key), 'r'));
      if (!handle) throw new CatalogueError('NOT_FOUND', `there is no object ${key}`);
      return handle.createReadStream({ ...range, highWaterMark: 1 << 18 });
    },

    async put(key, body, { contentType }) {
      await refuseTaken(paths, key);
      const incoming = await incomingPath(paths);
      try {
        await writeFile(incoming, body, { flush: true });
        return await publishFile(paths, key, incoming, { etag: md5(body), contentType });
      } finally {
        await rm(incoming, { force: true });
      }
    },

    async putFile(key, path, { contentType }) {
      await refuseTaken(paths, key);
      await syncPath(path);
      const facts = { etag: await md5OfFile(path), contentType };
      try {
        return await publishFile(paths, key, path, facts);
      } catch (error) {
        if (errorCode(error) !== 'EXDEV') throw error;
      }
      const incoming = await incomingPath(paths);
      try {
        await copyFile(path, incoming);
        await syncPath(incoming);
        return await publishFile(paths, key, incoming, facts);
      } finally {
        await rm(incoming, { force: true });
      }
    },

    list: (prefix) => listObjects(paths, prefix),
    localPath: (key) => paths.object(key),

    createMultipartUpload: (key, putOptions) => uploads.create(key, putOptions),
    listParts: (key, uploadId) => uploads.listParts(key, uploadId),
    completeMultipartUpload: (key, uploadId, parts) => uploads.complete(key, uploadId, parts),
    abortMultipartUpload: (key, uploadId) => uploads.abort(key, uploadId),

    async signPartUrl({ key, uploadId, partNumber, mostBytes, expiresAt }) {
      const part = { uploadId, partNumber: checkPartNumber(partNumber), mostBytes };
      return signUrl({ method: 'PUT', key: checkedKey(key), part, expiresAt }, options);
    },
    signGetUrl: async (key, expiresAt) =>
      signUrl({ method: 'GET', key: checkedKey(key), part: null, expiresAt }, options),

    async acceptPart(request, body) {
      const { method, key, part } = granted(request);
      if (method !== 'PUT' || !part) throw new CatalogueError('SIGNATURE_INVALID', 'this URL takes no part');
      if (request.bytes > part.mostBytes) {
        const detail = `This part may have ${part.mostBytes} bytes, and has ${request.bytes}.`;
        throw new CatalogueError('UPLOAD_TOO_LARGE', detail);
      }
      return uploads.acceptPart(key, part.uploadId, part.partNumber, body);
    },
    async openSigned(request) {
      const { method, key, part } = granted(request);
      if (method !== 'GET' || part) throw new CatalogueError('SIGNATURE_INVALID', 'this URL reads no object');
      const object = await lookUp(paths, key);
      if (!object) throw new CatalogueError('NOT_FOUND', 'there is no such object');
      return object;
    },

    async remove(key) {
      const path = paths.object(key);
      const found = await ifThere(stat(path));
      if (!found) return;
      const facts = paths.facts(key, found.ino);
      await rm(path, { force: true });
      await rm(facts, { force: true });
      await removeEmptyFolders(dirname(path), paths.root);
      await removeEmptyFolders(dirname(facts), paths.factsFolder);
    },
  };
}

/** Before any work is done for it; the link decides. */
async function refuseTaken(paths: ObjectPaths, key: string): Promise<void> {
  if (await ifThere(stat(paths.object(key))))
    throw new CatalogueError('OBJECT_EXISTS', `there is an object ${key} already`);
}

async function removeEmptyFolders(folder: string, top: string): Promise<void> {
  for (let path = folder; path.startsWith(join(top, '/')); path = dirname(path)) {
    const entries = await ifThere(readdir(path));
    if (entries && entries.length > 0) return;
    // Somebody may have put an object there since: then it stays.
    const emptied = await rmdir(path).then(
      () => true,
      (error: unknown) => errorCode(error) === 'ENOENT',
    );
    if (!emptied) return;
  }
}
