import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApi } from '../../../src/api/app.ts';
import { problemSchema } from '../../../src/api/http/problem.ts';
import { operations } from '../../../src/api/openapi.ts';
import { codesOf } from '../../../src/api/operation.ts';
import { errorCodes } from '../../../src/errors/catalogue.ts';
import { createLog } from '../../../src/log.ts';
import { startApi, type TestApi } from '../../support/api.ts';
import { checkContract } from '../../support/api-contract.ts';
import { expressRoutes } from '../../support/express-routes.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({}, { queueOn: 'postgres' });
});
afterAll(() => api?.stop());

/** Pages, files and what has its own contract (the board's router, signed URLs of the storage, media for players). */
const noOperations = /^\w+ \/($|(docs|watch|assets|media|storage|login|admin)\b)/;

test('every route of the API has an operation, and every operation a route', () => {
  const { database, storage, queues, mediaAccess, live, settings } = api;
  const app = createApi({
    database,
    storage,
    queues,
    mediaAccess,
    live,
    settings,
    log: createLog({ level: 'silent', name: 'test' }),
  });
  const routes = expressRoutes(app).filter((route) => !noOperations.test(route));
  const described = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  expect(routes.sort()).toEqual(described.sort());
  expect(routes.length).toBeGreaterThan(10);
});

describe('GET /api/v1/openapi.json', () => {
  test('is a valid document of OpenAPI 3.1, for anybody', async () => {
    const { status, headers, body } = await api.call('GET', '/api/v1/openapi.json');
    expect([status, headers.get('access-control-allow-origin'), body.openapi]).toEqual([200, '*', '3.1.0']);
    expect(await new Validator().validate(body)).toMatchObject({ valid: true });
    expect(body.servers).toEqual([{ url: api.url }]);
  });

  test('names the codes that each operation can answer, by status', async () => {
    const { body } = await api.call('GET', '/api/v1/openapi.json');
    const complete = body.paths['/api/v1/videos/{id}/upload/complete'].post.responses;
    expect(Object.keys(complete)).toEqual([
      '202',
      '400',
      '401',
      '403',
      '404',
      '408',
      '409',
      '413',
      '422',
      '429',
      '500',
      '503',
    ]);
    const [general, narrowed] = complete['409'].content['application/problem+json'].schema.allOf;
    expect(general).toEqual({ $ref: '#/components/schemas/Problem' });
    expect(narrowed.properties.code.enum).toEqual([
      'UPLOAD_NOT_OPEN',
      'IDEMPOTENCY_KEY_REUSED',
      'IDEMPOTENCY_IN_FLIGHT',
    ]);
    expect(body.components.schemas.ErrorCode.enum).toEqual(errorCodes);
    const { value } = complete['409'].content['application/problem+json'].examples.UPLOAD_NOT_OPEN;
    expect(value).toMatchObject({ type: '/problems/UPLOAD_NOT_OPEN', code: 'UPLOAD_NOT_OPEN', status: 409 });
    expect(() => problemSchema.parse(value)).not.toThrow();
  });

  test('says bodies as they are parsed: what may be left out, and patterns that a validator can read', async () => {
    const { body } = await api.call('GET', '/api/v1/openapi.json');
    expect(body.components.schemas.NewUpload).toMatchObject({
      required: ['filename', 'file_size_bytes'],
      properties: { file_size_bytes: { type: 'integer', minimum: 0 }, filename: { type: 'string', maxLength: 255 } },
    });
    const patterns = [...JSON.stringify(body).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(([, text = '']) =>
      JSON.parse(text),
    );
    expect(patterns.length).toBeGreaterThan(1);
    for (const pattern of patterns) expect(pattern).toMatch(/^\^.*\$$/);
    const [type] = patterns;
    expect('video/mp4; codecs=avc1').toMatch(new RegExp(type, 'u'));
    expect('video').not.toMatch(new RegExp(type, 'u'));
  });
});

describe('answers are held against the document', () => {
  const request = { method: 'GET', path: '/healthz' };
  test('by every test that calls the API', () => {
    expect(() => checkContract(request, { status: 200, body: { status: 'ok' } })).not.toThrow();
  });
  test.each([
    ['a field that it does not name', { status: 200, body: { status: 'ok', more: 1 } }, 'not in the document'],
    ['a value that it does not know', { status: 200, body: { status: 'fine' } }, 'invalid'],
    ['an error that is no Problem', { status: 500, body: { error: 'x' } }, 'invalid'],
  ])('%s is found', (_, answer, words) => {
    expect(() => checkContract(request, answer)).toThrow(new RegExp(words, 'i'));
  });
  test('a code that it does not name is found', async () => {
    const answer = await api.call('GET', '/api/v1/nothing');
    expect(() => checkContract(request, answer)).toThrow('NOT_FOUND, undeclared');
  });
});

describe('GET /problems/{code}', () => {
  test.each(errorCodes)('%s tells cause and fix', async (code) => {
    const { status, body } = await api.call('GET', `/problems/${code}`);
    expect([status, body.code]).toEqual([200, code]);
  });

  test('is a page for a browser, with its words escaped', async () => {
    const page = await fetch(`${api.url}/problems/unauthenticated`, { headers: { accept: 'text/html,*/*' } });
    const body = await page.text();
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(body).toContain('UNAUTHENTICATED');
    expect(body).toContain('Bearer &#60;key&#62;');
    expect(body).not.toMatch(/\{\{|<key>/);
  });

  test('is NOT_FOUND for a code that is none', async () => {
    expect((await api.call('GET', '/problems/NOPE')).body).toMatchObject({
      code: 'NOT_FOUND',
      type: '/problems/NOT_FOUND',
    });
  });
});

test('what an operation of its kind can always answer need not be said', () => {
  const find = (id: string) => operations.find((operation) => operation.id === id) ?? expect.fail(id);
  expect(codesOf(find('getHealth'))).toEqual(['SERVICE_UNAVAILABLE', 'INTERNAL']);
  expect(codesOf(find('getMetrics'))).toContain('FORBIDDEN');
  expect(codesOf(find('getVideo'))).not.toContain('IDEMPOTENCY_KEY_REUSED');
  expect(codesOf(find('abortUpload'))).toEqual(expect.arrayContaining(['FORBIDDEN', 'NOT_FOUND', 'UPLOAD_NOT_OPEN']));
});
