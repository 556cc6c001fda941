import type { CatalogueEntry } from './catalogue-entry.ts';

/** What any request can meet. The program that calls the API reads these. */
export const requestErrors = {
  REQUEST_MALFORMED: {
    httpStatus: 400,
    retryable: false,
    cause: 'The request is not what this endpoint takes.',
    fix: 'Correct what the detail names.',
  },
  REQUEST_TOO_LARGE: {
    httpStatus: 413,
    retryable: false,
    cause: 'The body of the request is larger than this endpoint reads.',
    fix: 'Send less at once; the bytes of a video go to its upload URLs, not to the API.',
  },
  REQUEST_TOO_SLOW: {
    httpStatus: 408,
    retryable: true,
    cause: 'The body of the request has not arrived in time.',
    fix: 'Send it again, whole and at once; look at the connection where it happens again.',
  },
  UNAUTHENTICATED: {
    httpStatus: 401,
    retryable: false,
    cause: 'No valid API key was sent, and no browser session is open.',
    fix: 'Send "Authorization: Bearer <key>" with a valid API key. In a browser, open a login link.',
    operatorFix: '`reelmill keys create` makes a key, `reelmill login` prints a login link.',
  },
  FORBIDDEN: {
    httpStatus: 403,
    retryable: false,
    cause: 'This key or session may not do that.',
    fix: 'Use a key with the scope that the detail names; a browser session acts from the pages of this server only.',
  },
  NOT_FOUND: {
    httpStatus: 404,
    retryable: false,
    cause: 'There is nothing of this name that this key may see.',
    fix: 'Check the path, the id and the API key: what was there may have been removed.',
    operatorFix:
      'Where a video has failed with it, something removes objects from the storage: look at the lifecycle rules of the bucket, and upload the file again.',
  },
  METHOD_NOT_ALLOWED: {
    httpStatus: 405,
    retryable: false,
    cause: 'There is something at this path, but this method does nothing with it.',
    fix: 'Use one of the methods that the header Allow names; /docs says what each does.',
  },
  PRECONDITION_FAILED: {
    httpStatus: 412,
    retryable: false,
    cause: 'It is no longer what If-Match names.',
    fix: 'Get it again, look at what has changed, and send the change with its new ETag.',
  },
  WAIT_TIMEOUT: {
    httpStatus: 408,
    retryable: true,
    cause: 'Nothing has changed in the time that the request was willing to wait.',
    fix: 'Ask again.',
  },
  RATE_LIMITED: {
    httpStatus: 429,
    retryable: true,
    cause: 'This key or this address has asked more often than it may.',
    fix: 'Wait for as many seconds as Retry-After says.',
    operatorFix: 'RATE_LIMIT_CREATE, RATE_LIMIT_READ and their like set the limits.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    httpStatus: 409,
    retryable: false,
    cause: 'This Idempotency-Key was sent before with another request.',
    fix: 'Use a new key for every new request; the same key only to send the same request again.',
  },
  IDEMPOTENCY_IN_FLIGHT: {
    httpStatus: 409,
    retryable: true,
    cause: 'A request with this Idempotency-Key is being answered right now.',
    fix: 'Send it again after as many seconds as Retry-After says: then it gets the same answer.',
  },
  VIDEO_STATE_CONFLICT: {
    httpStatus: 409,
    retryable: false,
    cause: 'The video is in a state in which this cannot be done.',
    fix: 'It may have changed since you last looked: get its status, and go by that.',
  },
  PRESET_UNKNOWN: {
    httpStatus: 422,
    retryable: false,
    cause: 'There is no preset, or no policy, of this name that this key may use.',
    fix: 'Take one of those that GET /api/v1/presets (or /policies) lists.',
  },
  PRESET_CONFLICT: {
    httpStatus: 409,
    retryable: false,
    cause: 'A preset or policy that comes with the product, or that another one names, stays as it is.',
    fix: 'Make one under another name; remove the presets that name a policy before the policy.',
  },
  KEY_CONFLICT: {
    httpStatus: 409,
    retryable: false,
    cause: 'The API key has ended or was rotated already, or nobody with the scope admin would be left without it.',
    fix: 'Do what the detail says. Before the last key with the scope admin goes, make another one, or rotate it.',
    operatorFix: '`reelmill keys`, where DATABASE_URL is set, always can.',
  },
  QUEUE_ACTION_REFUSED: {
    httpStatus: 403,
    retryable: false,
    cause: 'The board allows only what cannot lose a video: looking, retry of a failed job, promote of a delayed one.',
    fix: 'Load the page again: the job may have gone on meanwhile. Anything else is done by the API and the command line.',
  },
  SERVICE_UNAVAILABLE: {
    httpStatus: 503,
    retryable: true,
    cause: 'A service that this needs does not answer, or a disk has no room or takes no writes.',
    fix: 'Try again shortly; if it stays, tell the operator.',
    operatorFix: '`reelmill doctor` names what fails.',
  },
  INTERNAL: {
    httpStatus: 500,
    retryable: true,
    cause: 'Something went wrong in our own program, which is not foreseen.',
    fix: 'Try again; if it stays, tell the operator the id of the request or of the video.',
    operatorFix: 'The log has the cause under that id. Report it with those lines.',
  },
} as const satisfies Record<string, CatalogueEntry>;
