import { describe, expect, test } from 'vitest';
import { isConflict, serviceError } from '../../../src/database/service-errors.ts';
import { CatalogueError } from '../../../src/errors/catalogue-error.ts';

const coded = (code: string, message = 'it says', more: object = {}) =>
  Object.assign(new Error(message), { code, ...more });
/** As Prisma 7 gives an error of Postgres that it has no code for. */
const byPrisma = (code: string, originalCode: string, cause: object = {}) =>
  coded(code, 'Invalid `prisma.video.findUnique()` invocation', {
    meta: { driverAdapterError: new Error('postgres', { cause: { kind: 'postgres', originalCode, ...cause } }) },
  });

describe('a Postgres that is not there or goes is SERVICE_UNAVAILABLE', () => {
  test.each([
    ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND', 'EAI_AGAIN'],
    ...['08000', '08001', '08003', '08006', '08P01', '57P01', '57P02', '57P03', '53300', '25006'],
    ...['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2037'],
  ])('%s', (code) => {
    const errors = [coded(code), byPrisma('P2039', code), byPrisma('P2010', code), new AggregateError([coded(code)])];
    for (const error of errors) {
      expect(serviceError(error)).toMatchObject({ code: 'SERVICE_UNAVAILABLE', cause: error });
    }
  });

  test.each([
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
    'Query read timeout',
    'Client has encountered a connection error and is not queryable',
    'Client was closed and is not queryable',
  ])('%s', (message) => {
    expect(serviceError(new Error(message))).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(serviceError(new Error('postgres', { cause: new Error(message) }))).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
  });
});

test.each(['22021', '22P05'])('%s, a text that Postgres cannot hold, is REQUEST_MALFORMED', (code) => {
  for (const error of [coded(code), byPrisma('P2039', code)]) {
    expect(serviceError(error)).toMatchObject({ code: 'REQUEST_MALFORMED', cause: error });
  }
});

test.each([
  coded('23505'),
  coded('22P02'),
  coded('57014', 'canceling statement due to statement timeout'),
  coded('40001'),
  coded('P2002'),
  coded('P2025'),
  byPrisma('P2039', '42P01'),
  new Error('no'),
  new CatalogueError('FENCE_LOST', 'it was taken again'),
  'a word',
  null,
  undefined,
])('%s is passed on as it is', (error) => {
  expect(serviceError(error)).toBe(error);
});

test('an error that is its own cause comes to an end', () => {
  const error = new Error('no');
  error.cause = error;
  expect(serviceError(error)).toBe(error);
});

test('only a conflict is worth another try', () => {
  expect(['40001', '40P01', '23505', ''].map((code) => isConflict(coded(code)))).toEqual([true, true, false, false]);
  expect([isConflict(null), isConflict(new Error('no'))]).toEqual([false, false]);
});
