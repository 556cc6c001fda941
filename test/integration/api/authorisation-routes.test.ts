import express, { type Express, type Request, Router } from 'express';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiPath, authorise, inOrder } from '../../../src/api/access/authorise.ts';
import { createApi } from '../../../src/api/app.ts';
import { operations } from '../../../src/api/openapi.ts';
import { createLog } from '../../../src/log.ts';
import { startApi, type TestApi } from '../../support/api.ts';
import { mirrorRoutes } from '../../support/express-routes.ts';

let api: TestApi;
let ways: (method: string, url: string) => Promise<{ route: string | null; operation: string | null }>;
beforeAll(async () => {
  api = await startApi({}, { queueOn: 'postgres' });
  const app = createApi({ ...api, log: createLog({ level: 'silent', name: 'test' }) });
  ways = compare(app);
});
afterAll(() => api?.stop());

/** Says of a request where our routers lead it, and which operation `authorise` takes it for. */
function compare(app: Express) {
  const open = operations.map((operation) => ({ ...operation, access: 'anybody' as const }));
  const routes = mirrorRoutes(app);
  const guard = express().use(apiPath, Router().use(authorise(api, open)));
  return async (method: string, url: string) => {
    const [route, asked] = await Promise.all([wayOf(routes, method, url), wayOf(guard, method, url)]);
    const { operation } = asked;
    return {
      route: route.template ?? null,
      operation: operation ? `${operation.method.toUpperCase()} ${operation.path}` : null,
    };
  };
}

/** What a request has in its `locals` after a router has had it. */
async function wayOf(router: Router | Express, method: string, url: string) {
  const request = { method, url, headers: {}, app: undefined } as unknown as Request;
  const response = { locals: {}, setHeader() {} } as unknown as express.Response;
  await new Promise<void>((resolve) => {
    // Express itself answers OPTIONS.
    Object.assign(response, { end: resolve });
    (router as Router)(request, response, () => resolve());
  });
  return response.locals;
}

describe('what is enforced is what is served', () => {
  test('for the plain path of every operation', async () => {
    const known = inOrder(operations);
    expect(known.length).toBeGreaterThan(20);
    for (const { method, path } of known) {
      const name = `${method.toUpperCase()} ${path}`;
      const plain = path.replace(/\{\w+\}/g, 'vid_1');
      expect(await ways(method.toUpperCase(), plain)).toEqual({ route: name, operation: name });
    }
  });

  const words = [...new Set(operations.flatMap(({ path }) => path.split('/')))].filter((word) => !/[{}]/.test(word));
  const odd = [
    '',
    '.',
    '..',
    'vid_1',
    '%2e%2e',
    '%2F',
    'vid_1%2Fstatus',
    '%00',
    '%E0',
    'ä',
    '*',
    ':id',
    '{id}',
    'a;b=c',
    '\n',
    '//',
  ];
  const segment = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...words, 'vid_1') },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
    { weight: 1, arbitrary: fc.constantFrom(...words).map((word) => word.toUpperCase()) },
    { weight: 1, arbitrary: fc.constantFrom(...words).map((word) => word.replace(/^\w/, encodeAscii)) },
  );
  const anyPath = fc
    .tuple(
      fc.constantFrom(
        '/api/v1/videos',
        '/api/v1',
        '/API/V1/Videos',
        '/api/v1/',
        '/api//v1',
        'http://other.example/api/v1/videos',
      ),
      fc.array(segment, { maxLength: 4 }),
      fc.constantFrom('', '/', '//', '?a=/api/v1', '#a', '/?'),
    )
    .map(([start, segments, end]) => `${[start, ...segments].join('/')}${end}`);
  const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY');

  test('for any path: no route is reached as another operation than its own', async () => {
    let served = 0;
    await fc.assert(
      fc.asyncProperty(method, anyPath, async (method, path) => {
        const { route, operation } = await ways(method, path);
        if (route !== null && operation !== null) served += 1;
        // Refused is safe; so is what leads nowhere.
        expect(operation === null || route === null || operation === route).toBe(true);
      }),
      { numRuns: 3_000 },
    );
    expect(served).toBeGreaterThan(100);
  });

  test('also where the value of a parameter is a word of another path', async () => {
    for (const { method, path } of inOrder(operations)) {
      for (const word of words) {
        const { route, operation } = await ways(method.toUpperCase(), path.replace(/\{\w+\}/g, word || 'x'));
        expect([path, word, operation]).toEqual([path, word, route]);
      }
    }
  });
});

const encodeAscii = (letter: string): string => `%${letter.charCodeAt(0).toString(16)}`;
