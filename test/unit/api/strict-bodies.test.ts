import { expect, test } from 'vitest';
import { malformed } from '../../../src/api/http/problem.ts';
import { operations } from '../../../src/api/openapi.ts';
import { completeBody } from '../../../src/api/uploads/upload-bodies.ts';
import { bodies } from '../../support/authorisation-samples.ts';

const taking = operations.flatMap(({ id, body }) => (body ? [{ id, body }] : []));

test.each(taking)('REQUEST_MALFORMED: $id names a field that it does not know', ({ id, body }) => {
  const sample = Object(bodies[id] ?? {});
  expect(body.safeParse(sample).success).toBe(true);
  const { error } = body.safeParse({ ...sample, presett: 'house' });
  expect(error && malformed(error).detail).toContain('"presett"');
});

test('neither does a part of an upload, which may be as GET lists it', () => {
  const listed = { part_number: 1, etag: 'a', size_bytes: 5 };
  expect(completeBody.safeParse({ parts: [listed] }).success).toBe(true);
  const parts = [{ ...listed, sha256: '0' }];
  expect(completeBody.safeParse({ parts }).success).toBe(false);
});
