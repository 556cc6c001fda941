import { expect, test } from 'vitest';
import { sniffOriginal } from '../../../../src/api/uploads/sniff-original.ts';
import { CatalogueError } from '../../../../src/errors/catalogue-error.ts';
import { standardPolicy } from '../../../../src/plan/policy.ts';

test.each([
  ['refuses us', 'CONFIG_INVALID', 'CONFIG_INVALID'],
  ['is away', 'SERVICE_UNAVAILABLE', 'SERVICE_UNAVAILABLE'],
  ['does not have it', 'NOT_FOUND', 'SERVICE_UNAVAILABLE'],
] as const)('a storage that %s says nothing of the file: %s is told as %s', async (_, met, told) => {
  const storage = { read: () => Promise.reject(new CatalogueError(met, 'reading originals/a')) };
  const object = { key: 'originals/a', size: 1_000, etag: 'e' };
  await expect(sniffOriginal(storage, object, standardPolicy)).rejects.toMatchObject({ code: told });
});
