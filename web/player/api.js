/**
 * An answer that is an error, as RFC 9457 gives it.
 * @typedef {{ type?: string, code: string, detail: string, hint: string, status?: number, retryable?: boolean }} Problem
 */
export class RequestError extends Error {
  /** @param {Problem} problem @param {number} status */
  constructor(problem, status) {
    super(problem.detail);
    this.problem = problem;
    this.status = status;
    this.retryable = problem.retryable ?? status >= 500;
  }
}

export const videoPath = (id) => `/api/v1/videos/${encodeURIComponent(id)}`;

/** The video's body, as `GET /api/v1/videos/{id}` gives it. */
export const getVideo = (id) => get(videoPath(id));

/** The status body, as `GET /api/v1/videos/{id}/status` gives it. */
export const getStatus = (id) => get(`${videoPath(id)}/status`);

async function get(path) {
  const response = await fetch(path, { headers: { accept: 'application/json' } });
  const body = await response.json().catch(() => null);
  if (response.ok && body) return body;
  throw new RequestError(
    body?.code
      ? body
      : { code: `HTTP_${response.status}`, detail: 'The server gave no answer that can be read.', hint: '' },
    response.status,
  );
}
