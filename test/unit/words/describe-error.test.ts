import { expect, test } from 'vitest';
import { CatalogueError } from '../../../src/errors/catalogue-error.ts';
import { describeError, withoutCredentials } from '../../../src/words/describe-error.ts';

test.each([
  ['connecting to postgres://reelmill:canary@db:5432/x failed', 'connecting to postgres://…@db:5432/x failed'],
  ['redis://:can@ary/?@host', 'redis://…@host'],
  ['file:///srv/node_modules/@prisma/client/x.js:1', 'file:///srv/node_modules/@prisma/client/x.js:1'],
  ['http://127.0.0.1:3000/storage/a.mp4', 'http://127.0.0.1:3000/storage/a.mp4'],
  ['at me@example.org', 'at me@example.org'],
])('%s is logged as %s', (text, logged) => {
  expect(withoutCredentials(text)).toBe(logged);
});

test('what a driver had sent is not told', () => {
  const refused = Object.assign(new Error('WRONGPASS'), { command: { name: 'auth', args: ['canary'] }, code: 'E1' });
  expect(describeError(refused)).toMatchObject({ type: 'Error', message: 'WRONGPASS', code: 'E1' });
  expect(JSON.stringify(describeError(new Error('away', { cause: refused })))).not.toContain('canary');
  expect(describeError(new Error('away', { cause: refused }))).toMatchObject({ cause: { message: 'WRONGPASS' } });
  expect(JSON.stringify(describeError(unreadable('postgres://a:canary@h:bad/')))).not.toContain('canary');
});

function unreadable(url: string): unknown {
  try {
    return new URL(url);
  } catch (error) {
    return error;
  }
}

test('our own facts are told, and texts end somewhere', () => {
  const error = new CatalogueError('PROCESS_FAILED', 'x'.repeat(10_000_000), { facts: { tool: 'ffmpeg' } });
  expect(describeError(error)).toMatchObject({ code: 'PROCESS_FAILED', facts: { tool: 'ffmpeg' } });
  expect(JSON.stringify(describeError(error)).length).toBeLessThan(20_000);
  expect(describeError('thrown as it is')).toBe('thrown as it is');
});

test('causes and errors within errors are told, but not without end', () => {
  const ring = new Error('a');
  ring.cause = new AggregateError([ring, new Error('b')], 'c');
  expect(describeError(ring)).toMatchObject({ cause: { message: 'c', errors: [{ message: 'a' }, { message: 'b' }] } });
});
