import { describe, expect, test } from 'vitest';
import { permit } from '../../../../src/api/access/auth.ts';
import type { Scope } from '../../../../src/database/scopes.ts';

const caller = (...scopes: Scope[]) => ({
  keyId: 'key_1',
  headId: 'key_1',
  creatorId: 'ann',
  plan: 'free' as const,
  scopes,
});

describe('of several scopes', () => {
  const access = ['videos:read', 'operate', 'admin'] as const;
  test.each(access)('%s alone suffices', (scope) => {
    expect(permit(caller(scope), { access })).toEqual(caller(scope));
  });
  test('another does not, and the refusal names them', () => {
    expect(() => permit(caller('videos:write'), { access })).toThrow('the scope videos:read, operate or admin.');
    expect(() => permit(caller(), { access: 'admin' })).toThrow('the scope admin.');
  });
});
