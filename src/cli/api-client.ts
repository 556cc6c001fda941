import { z } from 'zod';
import { ServiceMissing, UsageError } from './exit-codes.ts';

/** The API refused a request: its RFC 9457 body. */
export class ApiProblem extends Error {
  override name = 'ApiProblem';
  readonly error: { code: string; detail: string; hint: string };
  readonly status: number;

  constructor(status: number, error: { code: string; detail: string; hint: string }) {
    super(`${error.code}: ${error.detail}`);
    this.status = status;
    this.error = error;
  }
}

export interface ApiClient {
  url: string;
  /** Rejects with ApiProblem, with UsageError where the key is not accepted, with ServiceMissing where nobody answers. */
  call<Body>(method: 'GET' | 'POST', path: string, answer: z.ZodType<Body>, body?: unknown): Promise<Body>;
}

const problem = z.object({ code: z.string(), detail: z.string().default(''), hint: z.string().default('') });

/** Calls the public API with a key. */
export const createApiClient = ({ url, key }: { url: string; key: string }): ApiClient => ({
  url,
  async call(method, path, answer, body) {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      body: body ? JSON.stringify(body) : undefined,
      signal: AbortSignal.timeout(30_000),
    }).catch((cause: unknown) => {
      throw new ServiceMissing(`the API at ${url} does not answer`, { cause });
    });
    const json: unknown = await response.json().catch(() => null);
    if (response.ok) return answer.parse(json);
    const parsed = problem.safeParse(json);
    if (!parsed.success) throw new ServiceMissing(`the API at ${url} answered ${response.status} without a reason`);
    if (response.status === 401) throw new UsageError(`${parsed.data.detail} ${parsed.data.hint}`);
    throw new ApiProblem(response.status, parsed.data);
  },
});

export const stepNames = ['probe', 'split', 'package', 'thumbnails'] as const;
const step = z.enum(['pending', 'running', 'completed', 'failed', 'skipped']);

export const statusAnswer = z.object({
  video_id: z.string(),
  status: z.string(),
  pipeline_progress: z.object({
    probe: step,
    split: step,
    transcode: z.object({ completed: z.number(), total: z.number(), percent: z.number() }),
    package: step,
    thumbnails: step,
  }),
  estimated_completion: z.string().nullable(),
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
  error: z.object({ code: z.string(), detail: z.string(), hint: z.string() }).nullable(),
});
export type VideoAnswer = z.infer<typeof videoAnswer>;
