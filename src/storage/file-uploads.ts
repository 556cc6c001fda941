import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { constants, copyFile, link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { newId } from '../ids.ts';
import { chooseParts } from './choose-parts.ts';
import { multipartEtag } from './etags.ts';
import { ifThere } from './file-errors.ts';
import { type ObjectPaths, parsePartName } from './object-paths.ts';
import { incomingPath, lookUp, publishFile, syncPath } from './publish-file.ts';
import type { PutOptions, StoredObject, UploadedPart } from './storage.ts';

const uploadSchema = z.object({ key: z.string(), contentType: z.string() });
const ioBytes = 1 << 20;

/** Multipart uploads of a storage folder: each is a hidden folder of parts until it is completed or aborted. */
export function fileUploads(paths: ObjectPaths) {
  const read = async (key: string, uploadId: string) => {
    const text = await ifThere(readFile(join(paths.upload(uploadId), 'upload.json'), 'utf8'));
    const upload = text ? uploadSchema.parse(JSON.parse(text)) : null;
    return upload?.key === key ? upload : null;
  };
  const readOpen = async (key: string, uploadId: string) => {
    const upload = await read(key, uploadId);
    if (!upload) throw new CatalogueError('NOT_FOUND', 'there is no such upload');
    return upload;
  };

  return {
    async create(key: string, { contentType }: PutOptions): Promise<string> {
      paths.object(key);
      const uploadId = newId('upl');
      const folder = paths.upload(uploadId);
      await mkdir(paths.root, { recursive: true, mode: 0o700 }); // as `incomingPath`
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'upload.json'), JSON.stringify({ key, contentType }));
      return uploadId;
    },

    /** Stores a part, hashed on its way; one of the same number takes the place of an earlier one. A body that breaks off leaves nothing. */
    async acceptPart(key: string, uploadId: string, partNumber: number, body: Readable): Promise<UploadedPart> {
      await readOpen(key, uploadId);
      const incoming = await incomingPath(paths);
      try {
        const { etag, size } = await writeHashed(body, incoming);
        const part = { partNumber, etag, size };
        await rename(incoming, paths.part(uploadId, part));
        await removeOthers(paths, uploadId, part);
        return part;
      } catch (error) {
        await rm(incoming, { force: true });
        await readOpen(key, uploadId); // aborted or completed meanwhile: say that
        throw error;
      }
    },

    async listParts(key: string, uploadId: string): Promise<UploadedPart[]> {
      await readOpen(key, uploadId);
      return partsOf(paths, uploadId);
    },

    /** Again with the same parts: the object that they made, also where the first answer was lost. */
    async complete(
      key: string,
      uploadId: string,
      parts: { partNumber: number; etag: string }[],
    ): Promise<StoredObject> {
      const etag = multipartEtag(parts.map((part) => part.etag));
      const done = async () => {
        const object = await lookUp(paths, key);
        return object?.etag === etag ? { key, size: object.size, etag } : null;
      };
      const upload = await read(key, uploadId);
      const before = await done();
      if (before) {
        await rm(paths.upload(uploadId), { recursive: true, force: true });
        return before;
      }
      if (!upload) throw new CatalogueError('NOT_FOUND', 'there is no such upload');
      const chosen = chooseParts(parts, await partsOf(paths, uploadId));
      const whole = await incomingPath(paths);
      try {
        await joinFiles(
          chosen.map((part) => paths.part(uploadId, part)),
          whole,
        );
        const object = await publishFile(paths, key, whole, { etag, contentType: upload.contentType });
        await rm(paths.upload(uploadId), { recursive: true, force: true });
        return object;
      } catch (error) {
        const other = await done();
        if (other) return other; // the same complete, sent twice at once
        throw error;
      } finally {
        await rm(whole, { force: true });
      }
    },

    async abort(key: string, uploadId: string): Promise<void> {
      if (await read(key, uploadId)) await rm(paths.upload(uploadId), { recursive: true, force: true });
    },
  };
}

async function writeHashed(body: Readable, path: string): Promise<{ etag: string; size: number }> {
  const hash = createHash('md5');
  let size = 0;
  await pipeline(
    body,
    async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(path, { highWaterMark: ioBytes, flush: true }),
  );
  return { etag: hash.digest('hex'), size };
}

async function partsOf(paths: ObjectPaths, uploadId: string): Promise<UploadedPart[]> {
  const names = await readdir(paths.upload(uploadId));
  const parts = names.flatMap((name) => parsePartName(name) ?? []);
  return parts.sort((a, b) => a.partNumber - b.partNumber);
}

async function removeOthers(paths: ObjectPaths, uploadId: string, kept: UploadedPart): Promise<void> {
  for (const part of await partsOf(paths, uploadId)) {
    const same = part.etag === kept.etag && part.size === kept.size;
    if (part.partNumber === kept.partNumber && !same) await rm(paths.part(uploadId, part), { force: true });
  }
}

/** A single part becomes the object without a copy. */
async function joinFiles([first = '', ...others]: string[], target: string): Promise<void> {
  if (others.length === 0) {
    await link(first, target);
    return;
  }
  await copyFile(first, target, constants.COPYFILE_FICLONE);
  for (const other of others) {
    await pipeline(
      createReadStream(other, { highWaterMark: ioBytes }),
      createWriteStream(target, { flags: 'a', highWaterMark: ioBytes }),
    );
  }
  await syncPath(target);
}
