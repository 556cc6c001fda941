import { expect, test } from 'vitest';
import { publicReason } from '../../../../src/api/service/health.ts';
import { CatalogueError } from '../../../../src/errors/catalogue-error.ts';

test.each([
  [new CatalogueError('SERVICE_UNAVAILABLE', 'storing health/x: storage answers InvalidAccessKeyId (403)'), 'storage'],
  [new CatalogueError('INTERNAL', 'x'), 'Postgres'],
] as const)('strangers are told in plain words that %s', (error, name) => {
  expect(publicReason(name, error)).toEqual({ code: 'SERVICE_UNAVAILABLE', detail: `${name} does not answer` });
});

test('what a service refuses as it is set up is told without its words', () => {
  const { code, detail } = publicReason(
    'storage',
    new CatalogueError('CONFIG_INVALID', 'S3 credentials are not found'),
  );
  expect(code).toBe('CONFIG_INVALID');
  expect(detail).not.toContain('S3');
});

test('which workers are confined too little is said as it is', () => {
  const error = new CatalogueError('SANDBOX_UNAVAILABLE', '1 cpu at limits');
  expect(publicReason('sandbox', error)).toEqual({ code: 'SANDBOX_UNAVAILABLE', detail: '1 cpu at limits' });
});
