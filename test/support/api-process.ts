import { fork } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import type { AtEnd } from './folder.ts';

export interface ApiProcess {
  url: string;
  post(path: string, request: { key: string; body: unknown; idempotencyKey?: string }): Promise<PostAnswer>;
  /** SIGKILL: it can say and do nothing more. */
  kill9(): Promise<void>;
}

export interface PostAnswer {
  status: number;
  headers: Headers;
  text: string;
}

const program = new URL('../../bin/reelmill.js', import.meta.url);
const ready = z.object({ url: z.string() });

/** `reelmill api` as a process of its own, on a database that is there. Killed with the test, unless `atEnd` says otherwise. */
export async function startApiProcess(
  settings: Record<string, string>,
  atEnd: AtEnd = onTestFinished,
): Promise<ApiProcess> {
  const child = fork(program, ['api'], { env: { ...process.env, API_PORT: '0', LOG_LEVEL: 'error', ...settings } });
  const ended = once(child, 'exit');
  const kill9 = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  atEnd(kill9);
  const early = ended.then(([code]) => {
    throw new Error(`reelmill api ended with ${code} before it was ready`);
  });
  early.catch(() => {}); // it is meant to end, later
  const [message] = await Promise.race([once(child, 'message'), early]);
  const { url } = ready.parse(message);
  return {
    url,
    kill9,
    async post(path, { key, body, idempotencyKey }) {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          ...(idempotencyKey && { 'idempotency-key': idempotencyKey }),
        },
        body: JSON.stringify(body),
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
  };
}
