import { z } from 'zod';
import type { UserError } from '../errors/catalogue-error.ts';
import { ServiceMissing, UsageError } from './exit-codes.ts';
import { readEvents, type StreamedEvent } from './read-events.ts';

/** The API refused a request: its RFC 9457 body. */
export class ApiProblem extends Error {
  override name = 'ApiProblem';
  readonly error: UserError;
  readonly status: number;
  /** How long the API asks us to wait, ms; 0 where it does not say. */
  readonly retryAfterMs: number;

  constructor(status: number, error: UserError, { retryAfterMs = 0 } = {}) {
    super(`${error.code}: ${error.detail}`);
    this.status = status;
    this.error = error;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Nobody answers, or not in the words of an API: it may be on its way down or up. */
export class NoAnswer extends ServiceMissing {
  override name = 'NoAnswer';
}

export interface ApiClient {
  url: string;
  /** Rejects with ApiProblem, with UsageError where the key is not accepted, with NoAnswer where nobody answers. */
  call<Body>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    answer: z.ZodType<Body>,
    body?: unknown,
    options?: { /** The same for each sending of one request: then it is done once. */ idempotencyKey?: string },
  ): Promise<Body>;
  /** The server-sent events of a path, until the stream ends or breaks off, or the signal ends it. Rejects as `call` does. */
  stream(path: string, signal: AbortSignal): Promise<AsyncIterable<StreamedEvent>>;
}

/** What every error answer says: RFC 9457, with the catalogue's own fields. */
export const problem = z.object({
  code: z.string(),
  detail: z.string().default(''),
  hint: z.string().default(''),
  operator_hint: z.string().optional(),
  retryable: z.boolean().default(false),
});

/** What `fetch` rejected with, as silence that may pass, or as a certificate that is not trusted, which no patience mends. Pure. */
export function unanswered(url: string, error: unknown): NoAnswer | ServiceMissing {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  // Node's names for what OpenSSL finds wrong with a certificate.
  if (!/CERT|ISSUER|SIGNATURE|^ERR_TLS/.test(code))
    return new NoAnswer(`the API at ${url} does not answer`, { cause: error });
  const fix = 'NODE_EXTRA_CA_CERTS can name a file with its authority';
  return new ServiceMissing(`the certificate of the API at ${url} is not trusted (${code}): ${fix}`, { cause: error });
}

/** Calls the public API with a key. */
export const createApiClient = ({ url, key }: { url: string; key: string }): ApiClient => {
  const authorization = `Bearer ${key}`;
  const ask = (path: string, options: RequestInit) =>
    fetch(`${url}${path}`, options).catch((cause: unknown) => {
      throw unanswered(url, cause);
    });
  return {
    url,
    async call(method, path, answer, body, { idempotencyKey } = {}) {
      const response = await ask(path, {
        method,
        headers: {
          authorization,
          ...(body ? { 'content-type': 'application/json' } : {}),
          ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
        },
        body: body ? JSON.stringify(body) : undefined,
        signal: AbortSignal.timeout(30_000),
      });
      // A DELETE answers nothing.
      if (response.status === 204) return answer.parse(null);
      if (!response.ok) throw await refusalOf(response, url);
      const json: unknown = await response.json().catch((cause: unknown) => {
        // it was ended in mid-answer
        throw new NoAnswer(`the answer of the API at ${url} broke off`, { cause });
      });
      return answer.parse(json);
    },

    async stream(path, signal) {
      const response = await ask(path, { headers: { authorization, accept: 'text/event-stream' }, signal });
      if (!response.ok || !response.body) throw await refusalOf(response, url);
      return readEvents(untilCut(response.body));
    },
  };
};

/** What comes; ends where it breaks off. */
async function* untilCut(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}

const keyWords =
  'Set REELMILL_API_KEY to a valid one: `reelmill keys create`, where the service has its DATABASE_URL, makes it.';

/** The error that an answer tells of. */
async function refusalOf(response: Response, url: string): Promise<Error> {
  const parsed = problem.safeParse(await response.json().catch(() => null));
  if (!parsed.success) {
    const words = `the API at ${url} answered ${response.status} without a reason`;
    return response.status < 500 ? new ServiceMissing(words) : new NoAnswer(words);
  }
  if (response.status === 401) return new UsageError(`${parsed.data.detail} ${keyWords}`);
  const seconds = Number(response.headers.get('retry-after') ?? 0);
  return new ApiProblem(response.status, parsed.data, { retryAfterMs: seconds > 0 ? seconds * 1_000 : 0 });
}

const step = z.enum(['pending', 'running', 'completed', 'failed', 'skipped']);

/** What this version shows is named; what a newer API says besides is kept. */
export const statusAnswer = z.looseObject({
  video_id: z.string(),
  status: z.string(),
  pipeline_progress: z.looseObject({
    percent: z.number(),
    probe: step,
    split: step,
    transcode: z.object({ completed: z.number(), total: z.number(), percent: z.number() }),
    package: step,
    thumbnails: step,
    moderation: step,
    drm: step,
  }),
  estimated_completion: z.string().nullable(),
  // An older API says nothing of it.
  waiting: z.looseObject({ code: z.string(), since: z.string() }).nullish(),
  started_at: z.string().nullable(),
});
export type StatusAnswer = z.infer<typeof statusAnswer>;

export const videoAnswer = z.object({
  video_id: z.string(),
  filename: z.string(),
  status: z.string(),
  duration_seconds: z.number().nullable(),
  hls_url: z.string().nullable(),
  dash_url: z.string().nullable(),
  poster_url: z.string().nullable(),
  warnings: z.array(z.object({ code: z.string(), detail: z.string() })),
  error: problem.nullable(),
});
export type VideoAnswer = z.infer<typeof videoAnswer>;
