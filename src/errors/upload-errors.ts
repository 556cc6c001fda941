import type { CatalogueEntry } from './catalogue-entry.ts';

/** What can go wrong between creating an upload and completing it. The program that uploads reads these. */
export const uploadErrors = {
  UPLOAD_SIZE_MISMATCH: {
    httpStatus: 422,
    retryable: false,
    cause: 'The stored object is not of the size that was declared when the upload was created.',
    fix: 'Create a new upload with the true file_size_bytes, and send the whole file.',
    operatorFix: 'The object that arrived is kept, to look at.',
  },
  UPLOAD_CHECKSUM_MISMATCH: {
    httpStatus: 422,
    retryable: false,
    cause: 'The stored object does not have the checksum that was sent at complete.',
    fix: 'Create a new upload, and send the file again.',
    operatorFix: 'The object that arrived is kept, to look at.',
  },
  UPLOAD_PARTS_INVALID: {
    httpStatus: 422,
    retryable: false,
    cause: 'The parts that were listed at complete are not the parts that arrived, or not in ascending order.',
    fix: 'GET the list of parts, upload what is missing, and complete again with the list as it then is.',
  },
  UPLOAD_TOO_LARGE: {
    httpStatus: 422,
    retryable: false,
    cause: 'The file, or one part of it, is over the limit of this installation.',
    fix: 'Send a smaller file, in parts of max_chunk_size.',
    operatorFix: 'MAX_UPLOAD_BYTES sets the limit of a file.',
  },
  UPLOAD_NOT_OPEN: {
    httpStatus: 409,
    retryable: false,
    cause: 'The upload of this video has been completed or aborted, or has failed: it takes nothing more.',
    fix: 'Look at the status of the video; create a new upload to send another file.',
  },
  INGEST_OFF: {
    httpStatus: 403,
    retryable: false,
    cause: 'This installation does not fetch videos from URLs.',
    fix: 'Upload the file.',
    operatorFix: 'INGEST_URLS=on lets Reelmill fetch videos; docs/ingest.md says from where.',
  },
  INGEST_URL_REFUSED: {
    httpStatus: 422,
    retryable: false,
    cause:
      'This URL leads to where no video is fetched from: another scheme or port, or an address that is not on the public internet.',
    fix: 'Give a public https or http URL, at port 80, 443 or one from 1024; or upload the file.',
    operatorFix: 'INGEST_NETWORKS lets it fetch from a private network.',
  },
  INGEST_FAILED: {
    httpStatus: 422,
    retryable: false,
    triedAgain: true,
    cause: 'The file could not be fetched from its URL.',
    fix: 'The detail says what the other server did, each time. Ingest it again once the URL works, or upload the file.',
  },
  SIGNATURE_INVALID: {
    httpStatus: 403,
    retryable: false,
    cause: 'The signed URL was changed, or is for another method, object or size.',
    fix: 'Ask the API for a fresh URL, and use it as it is.',
    operatorFix:
      'Where every URL is refused, all processes need the same REELMILL_SECRET, and a proxy must pass path and query on as they come.',
  },
  SIGNATURE_EXPIRED: {
    httpStatus: 403,
    // The same URL is never valid again.
    retryable: false,
    cause: 'The signed URL is no longer valid.',
    fix: 'Ask the API for a fresh URL of the same part (those that arrived are kept) or of the same video.',
  },
} as const satisfies Record<string, CatalogueEntry>;
