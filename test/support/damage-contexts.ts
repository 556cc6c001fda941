import { afterAll, beforeAll } from 'vitest';
import { standardPolicy } from '../../src/plan/policy.ts';
import { createTestContext, type TestContext } from './job-context.ts';

/** Contexts for the tests of a file: one that refuses what is damaged, and one that publishes what is there of it. Closed at their end. */
export function damageContexts(): Readonly<Record<'refusing' | 'publishing', TestContext>> {
  const contexts = {} as Record<'refusing' | 'publishing', TestContext>;
  beforeAll(async () => {
    contexts.refusing = await createTestContext();
    contexts.publishing = await createTestContext({ policy: { ...standardPolicy, onDamage: 'publish' } });
  });
  afterAll(async () => {
    await contexts.refusing?.close();
    await contexts.publishing?.close();
  });
  return contexts;
}
