import type { Operation } from '../operation.ts';

/** Of a GET that answers with an ETag and, for `Prefer: wait`, after a change (`conditional-wait.ts`). */
export const waitingGet = {
  headers: {
    'If-None-Match': 'An ETag of this answer: 304 while it is the same.',
    Prefer:
      '`wait=<seconds>` (RFC 7240), at most 60: with If-None-Match the answer comes as soon as it is another, without it as soon as the video is final; 408 where that takes longer. Preference-Applied says that it counts.',
  },
  unchanged: { 304: { description: 'The ETag that the client knows is still right.' } },
  codes: ['WAIT_TIMEOUT'],
  waits: true,
} as const satisfies Pick<Operation, 'headers' | 'codes' | 'waits'> & { unchanged: Operation['answers'] };
