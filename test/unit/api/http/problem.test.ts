import { expect, test } from 'vitest';
import { z } from 'zod';
import { malformed, toProblem } from '../../../../src/api/http/problem.ts';
import { catalogue, type ErrorCode } from '../../../../src/errors/catalogue.ts';
import { CatalogueError } from '../../../../src/errors/catalogue-error.ts';

test('an error is answered as the catalogue has it', () => {
  expect(toProblem(new CatalogueError('INPUT_EMPTY', 'The file has 0 bytes.'), 'abc')).toEqual({
    type: '/problems/INPUT_EMPTY',
    title: 'The uploaded file has no bytes.',
    status: 422,
    detail: 'The file has 0 bytes.',
    code: 'INPUT_EMPTY',
    retryable: false,
    hint: 'Upload the file again; check that the export or recording finished.',
    instance: 'urn:uuid:abc',
  });
});

test.each(Object.keys(catalogue) as ErrorCode[])('%s has a status of its kind and words to show', (code) => {
  const problem = toProblem(new CatalogueError(code, 'detail'), 'abc');
  expect(problem.status).toBeGreaterThanOrEqual(400);
  expect(problem.title).not.toBe('');
  expect(problem.hint).not.toBe('');
});

test('a cause never shows', () => {
  const error = new CatalogueError('INTERNAL', 'An unexpected error.', {
    cause: new Error('password=1'),
    facts: { a: 'secret' },
  });
  expect(JSON.stringify(toProblem(error, 'abc'))).not.toMatch(/password|secret|\.ts:/);
});

test('a refused body names each of its fields', () => {
  const schema = z.object({ parts: z.array(z.object({ etag: z.string() })), size: z.int() });
  const error = schema.safeParse({ parts: [{}], size: 'big' }).error;
  expect(malformed(error ?? new z.ZodError([])).detail).toMatch(/^parts\.0\.etag: .+; size: .+/);
  const whole = schema.safeParse(undefined).error;
  expect(malformed(whole ?? new z.ZodError([])).detail).toMatch(/^body: /);
});
