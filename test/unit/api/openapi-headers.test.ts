import { expect, test } from 'vitest';
import { openApiDocument } from '../../../src/api/openapi.ts';
import { uploadOperations } from '../../../src/api/uploads/upload-answers.ts';

/** The document as a reader of it finds it. */
const document = JSON.parse(JSON.stringify(openApiDocument(uploadOperations, 'http://here.invalid')));
const create = document.paths['/api/v1/videos/upload'].post;
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
  ['a conflict', create.responses[409], ['RateLimit-Policy', 'RateLimit', 'Retry-After', 'Idempotency-Replayed']],
])('%s tells of its headers, and each is described', (_what, response, names) => {
  expect(Object.keys(response.headers)).toEqual(names);
  for (const { $ref } of Object.values<{ $ref: string }>(response.headers)) {
    const name = $ref.split('/').at(-1) ?? '';
    expect(document.components.headers[name].description).not.toBe('');
  }
});
