import { expect, test } from 'vitest';
import { openApiDocument } from '../../../src/api/openapi.ts';
import { uploadOperations } from '../../../src/api/uploads/upload-answers.ts';
import { presetOperations } from '../../../src/api/videos/preset-answers.ts';
import { videoOperations } from '../../../src/api/videos/video-answers.ts';

/** The document as a reader of it finds it. */
const described = [...uploadOperations, ...videoOperations, ...presetOperations];
const document = JSON.parse(JSON.stringify(openApiDocument(described, 'http://here.invalid')));
const create = document.paths['/api/v1/videos/upload'].post;
const status = document.paths['/api/v1/videos/{id}/status'].get;
const list = document.paths['/api/v1/videos/{id}/upload/parts'].get;

test('a POST may bring an Idempotency-Key, and a GET brings none', () => {
  const names = (operation: typeof create) => (operation.parameters ?? []).map(({ name }: { name: string }) => name);
  expect(names(create)).toContain('Idempotency-Key');
  expect(names(list)).not.toContain('Idempotency-Key');
});

test.each([
  ['a good answer', create.responses[201], ['RateLimit-Policy', 'RateLimit', 'Idempotency-Replayed']],
  ['a read', list.responses[200], ['RateLimit-Policy', 'RateLimit']],
  ['too many requests', list.responses[429], ['RateLimit-Policy', 'RateLimit', 'Retry-After']],
  ['a conflict', create.responses[409], ['RateLimit-Policy', 'RateLimit', 'Retry-After']],
  ['what can wait', status.responses[200], ['RateLimit-Policy', 'RateLimit', 'ETag', 'Preference-Applied']],
  ['what is as it was', status.responses[304], ['RateLimit-Policy', 'RateLimit', 'ETag', 'Preference-Applied']],
  [
    'a wait in vain',
    status.responses[408],
    ['RateLimit-Policy', 'RateLimit', 'ETag', 'Preference-Applied', 'Retry-After'],
  ],
])('%s tells of its headers, and each is described', (_what, response, names) => {
  expect(Object.keys(response.headers)).toEqual(names);
  for (const { $ref } of Object.values<{ $ref: string }>(response.headers)) {
    const name = $ref.split('/').at(-1) ?? '';
    expect(document.components.headers[name].description).not.toBe('');
  }
});

test('of several scopes any one will do, and an upload token where it is taken', () => {
  expect(document.paths['/api/v1/presets'].get.security).toEqual([
    { key: ['videos:read'] },
    { key: ['operate'] },
    { key: ['admin'] },
  ]);
  expect(status.security).toEqual([{ key: ['videos:read'] }, { key: ['operate'] }, { uploadToken: [] }]);
  expect(document.paths['/api/v1/presets/{name}'].put.security).toEqual([{ key: ['admin'] }]);
});
