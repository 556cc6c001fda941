import type { CatalogueEntry } from './catalogue-entry.ts';

/** What any request can meet. The program that calls the API reads these. */
export const requestErrors = {
  REQUEST_MALFORMED: {
    httpStatus: 400,
    retryable: false,
    cause: 'The request is not what this endpoint takes.',
    fix: 'Correct what the detail names.',
  },
  UNAUTHENTICATED: {
    httpStatus: 401,
    retryable: false,
    cause: 'No valid API key was sent, and no browser session is open.',
    fix: 'Send "Authorization: Bearer <key>". In a browser open a login link: `npx reelmill login` prints one.',
  },
  FORBIDDEN: {
    httpStatus: 403,
    retryable: false,
    cause: 'This key or session may not do that.',
    fix: 'Use the key of an operator; a browser session acts from the pages of this server only.',
  },
  NOT_FOUND: {
    httpStatus: 404,
    retryable: false,
    cause: 'There is nothing of this name that this key may see.',
    fix: 'Check the path, the id and the API key. Where a video failed with it, its file is gone from storage: upload it again.',
  },
  QUEUE_ACTION_REFUSED: {
    httpStatus: 403,
    retryable: false,
    cause: 'The board allows only what cannot lose a video: looking, retry of a failed job, promote of a delayed one.',
    fix: 'Load the board again: the job may have gone on meanwhile. What the board does not allow is done by the API and the command line.',
  },
  SERVICE_UNAVAILABLE: {
    httpStatus: 503,
    retryable: true,
    cause: 'A service that this needs does not answer, or a disk has no room or takes no writes.',
    fix: 'Try again shortly; `reelmill doctor` names what fails.',
  },
  INTERNAL: {
    httpStatus: 500,
    retryable: true,
    cause: 'Something went wrong in our own program, which is not foreseen.',
    fix: 'Try again; if it stays, report it with the id of the request or of the video: the log tells more.',
  },
} as const satisfies Record<string, CatalogueEntry>;
