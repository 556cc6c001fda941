import type { CatalogueEntry } from './catalogue-entry.ts';

// What the users of a web app are told of a failure that is none of theirs.
const notYourFile =
  'Nothing is wrong with your file. Tell the operator the id of the video: it can be finished without another upload.';
const tryLater =
  'Nothing is wrong with your file. Try again later; if it stays, tell the operator the id of the video.';
const laterThenExport = 'Try again later. If it stays, export the video again with a common program, and upload that.';
const otherExport =
  'Export the video again with a common program, and upload that. If it stays, tell the operator the id of the video.';
const goesOn = 'Nothing to do: look at the status of the video.';

/**
 * What goes wrong with our own tools, machines and settings. Their operator mends them: each says how. On a video they are final: the queue has tried
 * the job as often as it may.
 */
export const operationErrors = {
  ENCODE_FRAMES_MISMATCH: {
    httpStatus: 500,
    retryable: false,
    triedAgain: true, // a full disk cuts what ffmpeg writes, with exit code 0
    cause: 'An encoded segment does not hold the frames that the plan asks for, and the source does not show why.',
    fix: notYourFile,
    operatorFix: 'Look at the disk space of the workers, then retry the video. If it stays, report it with the detail.',
  },
  ENCODE_TIMES_MISMATCH: {
    httpStatus: 500,
    retryable: false,
    triedAgain: true,
    cause: 'A frame of an encoded segment is not at the time that the plan gives it.',
    fix: otherExport,
    operatorFix: 'Report it with the detail and, where that is possible, with the source.',
  },
  ENCODE_INIT_MISMATCH: {
    httpStatus: 500,
    retryable: false,
    cause: 'The init segment differs from the one of the other segments: the workers run different builds of ffmpeg.',
    fix: notYourFile,
    operatorFix: 'Give every worker the same ffmpeg (`reelmill doctor` names it), then retry the video.',
  },
  PACKAGE_INVALID: {
    httpStatus: 500,
    retryable: false,
    triedAgain: true,
    cause: 'What was packaged did not pass the checks.',
    fix: notYourFile,
    operatorFix: 'Look at the disk space of the workers, then retry the video. If it stays, report it with the detail.',
  },
  VERIFY_FAILED: {
    httpStatus: 500,
    retryable: false,
    triedAgain: true,
    cause: 'The finished video did not pass the last check, so it is not shown.',
    fix: notYourFile,
    operatorFix: 'Retry the video; if it stays, report it with the detail.',
  },
  OUTPUT_DAMAGED: {
    httpStatus: 500,
    retryable: false,
    triedAgain: true,
    cause: 'A file that a tool of ours wrote cannot be read back.',
    fix: notYourFile,
    operatorFix: 'Look at the disk of the worker, then retry the video. If it stays, report it with the detail.',
  },
  OBJECT_EXISTS: {
    httpStatus: 412,
    retryable: false,
    cause: 'An object of this key is already stored, and stored objects are never overwritten.',
    fix: notYourFile,
    operatorFix: 'Retry the video: every attempt writes under keys of its own. If it stays, report it with the key.',
  },
  PROCESS_FAILED: {
    httpStatus: 500,
    retryable: false,
    triedAgain: true, // the machine can be the reason: a full disk, a crash
    cause: 'A tool (ffmpeg, ffprobe or the packager) ended with an error each time that it was tried.',
    fix: otherExport,
    operatorFix:
      'The detail holds the tool’s own words. Where they are about disk or files, mend the worker, then retry the video.',
  },
  TOOL_UNAVAILABLE: {
    httpStatus: 500,
    retryable: true,
    cause:
      'A tool (ffmpeg, ffprobe or the packager) cannot be started on a worker: it, or what it needs, is not there or is closed to it. The file has not been read.',
    fix: tryLater,
    operatorFix:
      '`reelmill doctor` on the machine of the worker says what is missing (FFMPEG_PATH, FFPROBE_PATH, REELMILL_SANDBOX_READS); then retry the video.',
  },
  PROCESS_KILLED: {
    httpStatus: 500,
    retryable: true,
    cause: 'The system killed a tool, most likely because the machine or its container ran out of memory.',
    fix: tryLater,
    operatorFix: 'Give the worker more memory, or lower WORKER_MEMORY_BYTES or WORKER_SLOTS; then retry the video.',
  },
  PROCESS_STALLED: {
    httpStatus: 500,
    retryable: true,
    cause: 'A tool made no progress for too long and was stopped.',
    fix: laterThenExport,
    operatorFix: 'Look at the load and the disk of the workers, then retry the video.',
  },
  PROCESS_TIMEOUT: {
    httpStatus: 500,
    retryable: true,
    cause: 'A tool ran longer than a piece of work of this size may take, and was stopped.',
    fix: laterThenExport,
    operatorFix: 'Look at the load of the workers, then retry the video.',
  },
  PROCESS_LIMIT: {
    httpStatus: 500,
    retryable: false,
    triedAgain: true,
    cause:
      'A tool needed more memory, CPU time, files or bytes on disk than a piece of work may take, and was stopped.',
    fix: otherExport,
    operatorFix: 'The source is very unusual, or built to exhaust a decoder. What a tool may use is no setting.',
  },
  SANDBOX_UNAVAILABLE: {
    httpStatus: 500,
    retryable: false,
    cause: 'A machine of the workers cannot confine tools as this installation demands.',
    fix: notYourFile,
    operatorFix:
      'Install bubblewrap and allow namespaces (docs/security.md), or set REELMILL_SANDBOX=prefer; `reelmill doctor` says what is missing.',
  },
  TASK_TIMEOUT: {
    httpStatus: 500,
    retryable: true,
    cause: 'A step took longer than its time-out.',
    fix: tryLater,
    operatorFix: 'Where the workers are overloaded, add some, or memory; then retry the video.',
  },
  TASK_POISONED: {
    httpStatus: 500,
    retryable: false,
    cause: 'Workers died again and again while they had this task in hand, and no other.',
    fix: notYourFile,
    operatorFix: 'Look at the memory of the workers and at their logs, then retry the video.',
  },
  FENCE_LOST: {
    httpStatus: 409,
    retryable: false,
    triedAgain: true, // the queue decides who has the job; only this delivery has lost it
    cause: 'Another worker has taken this task since: only the latest may commit.',
    fix: goesOn,
    operatorFix: 'Nothing to do: the other delivery finishes it.',
  },
  RUN_SUPERSEDED: {
    httpStatus: 409,
    retryable: false,
    cause: 'The run of this task is over: a newer run took its place, or the video is finished, failed or cancelled.',
    fix: goesOn,
    operatorFix: 'Nothing to do: the newer run finishes the video. One that has failed can be retried.',
  },
  CONFIG_INVALID: {
    httpStatus: 500,
    retryable: false,
    cause: 'This installation is set up in a way that cannot work: a setting, a tool or the database.',
    fix: 'Nothing is wrong with your request or your file: tell the operator.',
    operatorFix:
      'Correct what the detail, or the log beside it, names (.env.example documents each setting; `reelmill doctor` looks at the rest).',
  },
} as const satisfies Record<string, CatalogueEntry>;
