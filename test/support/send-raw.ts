import { request } from 'node:http';
import type { SentHeaders } from './visitor-credentials.ts';

export interface RawAnswer {
  status: number;
  /** Of a Problem. */
  code: string | null;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** Sends a request as it stands: `path` byte by byte, headers also twice. A stream of events is left as soon as it has begun. */
export function sendRaw(
  origin: string,
  { method, path, headers = {}, body = '' }: { method: string; path: string; headers?: SentHeaders; body?: string },
): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const client = request({ hostname, port, method, path, headers, agent: false });
    if (body) client.setHeader('content-length', Buffer.byteLength(body));
    client.on('error', reject).on('response', (response) => {
      const done = (text: string) => {
        const problem = response.headers['content-type']?.startsWith('application/problem+json') && text;
        const code: unknown = problem ? JSON.parse(text).code : null;
        const status = response.statusCode ?? 0;
        resolve({ status, code: typeof code === 'string' ? code : null, headers: response.headers, text });
      };
      if (response.headers['content-type']?.startsWith('text/event-stream')) {
        client.destroy();
        return done('');
      }
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => done(text)).on('error', reject);
    });
    client.end(body);
  });
}
