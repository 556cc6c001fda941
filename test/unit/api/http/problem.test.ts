import { expect, test } from 'vitest';
import { z } from 'zod';
import { malformed, problemSchema, toProblem } from '../../../../src/api/http/problem.ts';
import { errorPage, problemPage } from '../../../../src/api/http/problem-page.ts';
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
    hint: catalogue.INPUT_EMPTY.fix,
    instance: 'urn:uuid:abc',
  });
});

test.each(Object.keys(catalogue) as ErrorCode[])('%s has a status of its kind and words to show', (code) => {
  const problem = toProblem(new CatalogueError(code, 'detail'), 'abc');
  expect(problem.status).toBeGreaterThanOrEqual(400);
  expect(problem.title).not.toBe('');
  expect(problem.hint).not.toBe('');
});

test('what only an operator can do is told to operators alone', () => {
  const error = new CatalogueError('UPLOAD_TOO_LARGE', 'detail');
  expect(toProblem(error, 'abc')).not.toHaveProperty('operator_hint');
  const { fix, operatorFix } = catalogue.UPLOAD_TOO_LARGE;
  const told = toProblem(error, 'abc', { operator: true });
  expect(told).toMatchObject({ hint: fix, operator_hint: operatorFix });
  expect(problemSchema.parse(told)).toEqual(told);
  expect(problemPage(told)).toMatch(/<h2>For operators<\/h2>\s*<p>.*MAX_UPLOAD_BYTES/);
  expect(problemPage(toProblem(error, 'abc'))).not.toMatch(/operators|MAX_UPLOAD_BYTES/);
});

test('a page of an error shows words as text, and the part for operators only where there is one', () => {
  const words = { code: 'X', lead: '<b>{{note}} `a`', advice: 'Do.', again: '', note: 'HTTP 500' };
  const page = errorPage({ ...words, operators: 'Set `<A>`.' });
  expect(page).toContain('<title>X · Reelmill</title>');
  expect(page).toContain('<p class="lead">&#60;b&#62;{{note}} <code>a</code></p>');
  expect(page).toMatch(/<h2>For operators<\/h2>\s*<p>Set <code>&#60;A&#62;<\/code>\.<\/p>/);
  expect(errorPage(words)).not.toContain('operators');
});

test('a browser that is not logged in is told how, not which header to send', () => {
  const page = problemPage(toProblem(new CatalogueError('UNAUTHENTICATED', 'No session.'), 'abc'));
  expect(page).toMatch(/login link.*For operators.*<code>reelmill login<\/code>/s);
  expect(page).not.toContain('Bearer');
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
