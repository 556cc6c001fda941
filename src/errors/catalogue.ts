/** What every error of the product is: why it happened, what to do about it, and whether trying again can help. */
export interface CatalogueEntry {
  httpStatus: number;
  /** True only where the same request or file can succeed later without being changed. */
  retryable: boolean;
  /** Why it happens, for whoever reads the message. */
  cause: string;
  /** What that person can do. */
  fix: string;
}

/** Every error a user can meet. One row each; docs and the API's answers are made from it. */
export const catalogue = {
  INPUT_EMPTY: {
    httpStatus: 422,
    retryable: false,
    cause: 'The uploaded file has no bytes.',
    fix: 'Upload the file again; check that the export or recording finished.',
  },
  INPUT_NOT_MEDIA: {
    httpStatus: 422,
    retryable: false,
    cause: 'The file is not a video container that we read.',
    fix: 'Upload a video file (MP4, MOV, MKV, WebM, AVI, TS …).',
  },
  INPUT_PLAYLIST_REFUSED: {
    httpStatus: 422,
    retryable: false,
    cause: 'The file is a playlist or a description that points to other files, not a video.',
    fix: 'Upload the video itself as one file.',
  },
  INPUT_FORMAT_UNSUPPORTED: {
    httpStatus: 422,
    retryable: false,
    cause: 'The container is known and is not on the list of formats that we read.',
    fix: 'Convert it to MP4 or MKV and upload it again.',
  },
  INPUT_CODEC_UNSUPPORTED: {
    httpStatus: 422,
    retryable: false,
    cause: 'The video codec is not on the list of codecs that we decode.',
    fix: 'Export the video with a common codec (H.264, HEVC, VP9, AV1, ProRes …).',
  },
  INPUT_NO_VIDEO: {
    httpStatus: 422,
    retryable: false,
    cause: 'The file has no moving picture (audio only, or a cover image).',
    fix: 'Upload a file with a video track (AUDIO_ONLY=publish publishes sound alone).',
  },
  INPUT_TOO_LARGE_PIXELS: {
    httpStatus: 422,
    retryable: false,
    cause: 'The picture is larger than the limit of this installation.',
    fix: 'Export it in a smaller size (MAX_SIDE_PIXELS, MAX_PIXELS set the limit).',
  },
  INPUT_TOO_LONG: {
    httpStatus: 422,
    retryable: false,
    cause: 'The video is longer than the limit of this installation.',
    fix: 'Split it and upload the parts (MAX_DURATION_SECONDS sets the limit).',
  },
  INPUT_TOO_MANY_STREAMS: {
    httpStatus: 422,
    retryable: false,
    cause: 'The file holds more streams than the limit of this installation.',
    fix: 'Export it with one video track and the audio tracks that are needed.',
  },
  INPUT_TRUNCATED: {
    httpStatus: 422,
    retryable: false,
    cause: 'The file ends before the video does.',
    fix: 'Upload the whole file again.',
  },
  INPUT_DAMAGED: {
    httpStatus: 422,
    retryable: false,
    cause: 'Parts of the video cannot be decoded.',
    fix: 'Upload an undamaged copy.',
  },
  INPUT_ENCRYPTED: {
    httpStatus: 422,
    retryable: false,
    cause: 'The video is encrypted.',
    fix: 'Upload it without DRM.',
  },
  UPLOAD_SIZE_MISMATCH: {
    httpStatus: 422,
    retryable: false,
    cause: 'The stored object is not of the size that was declared when the upload was created.',
    fix: 'Create a new upload with the true file_size_bytes. The object that arrived is kept.',
  },
  UPLOAD_CHECKSUM_MISMATCH: {
    httpStatus: 422,
    retryable: false,
    cause: 'The stored object does not have the checksum that was sent at complete.',
    fix: 'Upload the file again. The object that arrived is kept.',
  },
  UPLOAD_PARTS_INVALID: {
    httpStatus: 422,
    retryable: true,
    cause: 'A part that was listed at complete did not arrive, or its ETag differs.',
    fix: 'GET the list of parts, upload what is missing, and complete again.',
  },
  UPLOAD_TOO_LARGE: {
    httpStatus: 422,
    retryable: false,
    cause: 'The declared size is over the limit of this installation.',
    fix: 'Upload a smaller file (MAX_UPLOAD_BYTES sets the limit).',
  },
  UPLOAD_NOT_OPEN: {
    httpStatus: 409,
    retryable: false,
    cause: 'The upload of this video has already been completed, aborted or has failed.',
    fix: 'Look at the status of the video; create a new upload to send another file.',
  },
  REQUEST_MALFORMED: {
    httpStatus: 400,
    retryable: false,
    cause: 'The request is not what this endpoint takes.',
    fix: 'Correct the fields that the detail names.',
  },
  UNAUTHENTICATED: {
    httpStatus: 401,
    retryable: false,
    cause: 'No valid API key was sent.',
    fix: 'Send "Authorization: Bearer <key>".',
  },
  FORBIDDEN: {
    httpStatus: 403,
    retryable: false,
    cause: 'This key or session may not do that.',
    fix: 'Use a key with the right to do it.',
  },
  SIGNATURE_INVALID: {
    httpStatus: 403,
    retryable: false,
    cause: 'The signed URL was changed, or is for another method, object or size.',
    fix: 'Ask the API for a fresh URL and use it as it is.',
  },
  SIGNATURE_EXPIRED: {
    httpStatus: 403,
    retryable: true,
    cause: 'The signed URL is no longer valid.',
    fix: 'Ask the API for a fresh URL.',
  },
  NOT_FOUND: {
    httpStatus: 404,
    retryable: false,
    cause: 'There is nothing here for this key.',
    fix: 'Check the id and the API key.',
  },
  OBJECT_EXISTS: {
    httpStatus: 412,
    retryable: false,
    cause: 'An object of this key is already stored, and stored objects are never overwritten.',
    fix: 'Use a new key.',
  },
  QUEUE_ACTION_REFUSED: {
    httpStatus: 403,
    retryable: false,
    cause: 'The board allows only what cannot lose a video: looking, retry of a failed job, promote of a delayed one.',
    fix: 'Use the API for anything else.',
  },
  ENCODE_FRAMES_MISMATCH: {
    httpStatus: 500,
    retryable: true,
    cause: 'An encoded segment does not hold the frames that the plan asks for.',
    fix: 'It was tried again without success: the source is damaged or cut off there. Upload a whole, undamaged copy.',
  },
  ENCODE_TIMES_MISMATCH: {
    httpStatus: 500,
    retryable: true,
    cause: 'A frame of an encoded segment is not at the time that the plan gives it.',
    fix: 'It was tried again without success: report it with the source.',
  },
  ENCODE_INIT_MISMATCH: {
    httpStatus: 500,
    retryable: false,
    cause: 'The init segment differs from the one of the other segments: the workers run different builds of ffmpeg.',
    fix: 'Give every worker the same ffmpeg, then retry the video from split.',
  },
  PACKAGE_INVALID: {
    httpStatus: 500,
    retryable: true,
    cause: 'What the packager wrote did not pass the checks.',
    fix: 'It was tried again without success: retry the job on the board; if it stays, report it with the detail.',
  },
  VERIFY_FAILED: {
    httpStatus: 500,
    retryable: true,
    cause: 'The finished video did not pass the last check.',
    fix: 'Retry from package; if it stays, report it with the detail.',
  },
  OUTPUT_DAMAGED: {
    httpStatus: 500,
    retryable: true,
    cause: 'A file that a tool of ours wrote cannot be read back.',
    fix: 'It was tried again without success: check the disk of the worker, and report it with the detail.',
  },
  PROCESS_FAILED: {
    httpStatus: 500,
    retryable: true,
    cause: 'A tool (ffmpeg, ffprobe or the packager) ended with an error.',
    fix: 'It was tried again without success: the detail holds the tool’s own words.',
  },
  PROCESS_KILLED: {
    httpStatus: 500,
    retryable: true,
    cause: 'The system killed a tool, most likely because the machine or its container ran out of memory.',
    fix: 'It was tried again without success: give the worker more memory, or lower WORKER_MEMORY_BYTES or WORKER_SLOTS; then retry the job on the board.',
  },
  PROCESS_STALLED: {
    httpStatus: 500,
    retryable: true,
    cause: 'A tool made no progress for too long and was stopped.',
    fix: 'It was tried again without success: retry the job on the board, and look at the load of the workers.',
  },
  PROCESS_TIMEOUT: {
    httpStatus: 500,
    retryable: true,
    cause: 'A tool ran longer than a piece of work of this size may take, and was stopped.',
    fix: 'It was tried again without success: look at the load of the workers, and at the source.',
  },
  PROCESS_LIMIT: {
    httpStatus: 500,
    retryable: true,
    cause:
      'A tool needed more memory, CPU time, files or bytes on disk than a piece of work may take, and was stopped.',
    fix: 'It was tried again without success: the source is built to exhaust a decoder, or very unusual. Export it again with a common program.',
  },
  SANDBOX_UNAVAILABLE: {
    httpStatus: 500,
    retryable: false,
    cause: 'REELMILL_SANDBOX=require, and this machine cannot confine tools by bubblewrap.',
    fix: 'Install bubblewrap and allow namespaces (docs/security.md), or set REELMILL_SANDBOX=prefer; `reelmill doctor` says what is missing.',
  },
  TASK_TIMEOUT: {
    httpStatus: 500,
    retryable: true,
    cause: 'A step took longer than its time-out.',
    fix: 'Retry the step; add workers if they are overloaded.',
  },
  TASK_POISONED: {
    httpStatus: 500,
    retryable: false,
    cause: 'Workers died again and again while they had this task in hand.',
    fix: 'Look at the memory of the workers, then retry the step.',
  },
  FENCE_LOST: {
    httpStatus: 409,
    retryable: true,
    cause: 'Another worker has taken this task since: only the latest may commit.',
    fix: 'Nothing: the other delivery finishes it.',
  },
  RUN_SUPERSEDED: {
    httpStatus: 409,
    retryable: false,
    cause: 'The run of this task is over: a newer run took its place, or the video is finished, failed or cancelled.',
    fix: 'Nothing: the newer run finishes the video. A failed video can be retried.',
  },
  SERVICE_UNAVAILABLE: {
    httpStatus: 503,
    retryable: true,
    cause: 'A service that this needs does not answer.',
    fix: 'Try again shortly; `reelmill doctor` names the service.',
  },
  CONFIG_INVALID: {
    httpStatus: 500,
    retryable: false,
    cause: 'A setting has a value that cannot be used.',
    fix: 'Correct the setting that the detail names (.env.example documents each).',
  },
  INTERNAL: {
    httpStatus: 500,
    retryable: true,
    cause: 'Something that should not happen happened.',
    fix: 'Try again; if it stays, report it with the request id.',
  },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof catalogue;

export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(catalogue, code);
