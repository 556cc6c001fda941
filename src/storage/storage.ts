import type { Readable } from 'node:stream';

export interface StoredObject {
  key: string;
  /** bytes */
  size: number;
  /** As S3 gives it, without quotes: hex MD5, or `<hex>-<parts>` for a multipart upload. */
  etag: string;
}

export interface UploadedPart extends Pick<StoredObject, 'size' | 'etag'> {
  partNumber: number;
}

export interface PutOptions {
  contentType: string;
}

/** Bytes of an object, both ends included. */
export interface ByteRange {
  start: number;
  end: number;
}

/** What a signed URL of a part stands for. */
export interface PartGrant {
  key: string;
  uploadId: string;
  partNumber: number;
  /** A local folder takes no more; S3 signs the length, and so takes neither more nor less. */
  mostBytes: number;
  expiresAt: Date;
}

/** What jobs may do with storage: read, list, and add. Nothing that could lose or replace an object. */
export interface ArtefactStorage {
  /** The object's size and ETag, or null where there is none. */
  head(key: string): Promise<StoredObject | null>;
  /**
   * The bytes, or those of a range as far as the object goes. Rejects with NOT_FOUND, also where the object is not the one of the
   * `etag` that is asked for. The stream fails with SERVICE_UNAVAILABLE where storage breaks off or falls silent.
   */
  read(key: string, range?: ByteRange, options?: { etag?: string }): Promise<Readable>;
  /** Stores bytes under a new key; rejects with OBJECT_EXISTS where the key is taken. Visible whole or not at all. */
  put(key: string, body: Uint8Array, options: PutOptions): Promise<StoredObject>;
  /** Stores a local file under a new key, as `put` does. The file may be linked, not copied: do not change it after. */
  putFile(key: string, path: string, options: PutOptions): Promise<StoredObject>;
  /** Objects below a prefix, by key. */
  list(prefix: string): AsyncIterable<StoredObject>;
  /** The object's own file where this driver keeps one (read only!), else null: then the source cache fetches it. */
  localPath(key: string): string | null;
}

/** Object storage, as S3 has it. Every driver passes `test/contracts/storage.ts`. */
export interface Storage extends ArtefactStorage {
  /** Begins a multipart upload and gives its id. The object appears at complete. */
  createMultipartUpload(key: string, options: PutOptions): Promise<string>;
  /** A URL that takes one PUT of one part until it expires. No other method, key, upload, part or larger body passes with it. */
  signPartUrl(part: PartGrant): Promise<string>;
  /** The parts that arrived, by number. Rejects with NOT_FOUND for an unknown upload. */
  listParts(key: string, uploadId: string): Promise<UploadedPart[]>;
  /**
   * Joins the parts into the object; again with the same parts, it gives that object. Rejects with UPLOAD_PARTS_INVALID where one is
   * missing or its ETag differs, OBJECT_EXISTS where the key holds another object, NOT_FOUND for an unknown upload.
   */
  completeMultipartUpload(
    key: string,
    uploadId: string,
    parts: { partNumber: number; etag: string }[],
  ): Promise<StoredObject>;
  /** Forgets the upload and its parts; no error where there is none. */
  abortMultipartUpload(key: string, uploadId: string): Promise<void>;
  /** A URL that reads one object until it expires. */
  signGetUrl(key: string, expiresAt: Date): Promise<string>;
  /**
   * Removes an object: the sweeper's right for temporary ones, the API's for its own. No error where there is none. An original in S3
   * stays, without an error and without a request: nobody has the right to delete one. That leaves what an aborted upload had joined in
   * that same moment, which no row leads to; an operator who wants it gone removes it, or has a rule of the bucket do so.
   */
  remove(key: string): Promise<void>;
}
