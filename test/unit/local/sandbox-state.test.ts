import { expect, test } from 'vitest';
import { requireSandbox, type SandboxState, sandboxNotes, sandboxWords } from '../../../src/local/sandbox-state.ts';

const full: SandboxState = {
  name: 'sandbox',
  ok: true,
  setting: 'prefer',
  level: 'bwrap',
  holds: 'everything',
  lacks: null,
  fix: null,
};
const weak: SandboxState = { ...full, level: 'limits', holds: 'little', lacks: 'no bwrap', fix: 'install it' };
const missing: SandboxState = { ...weak, ok: false, setting: 'require' };

test('doctor says the level, what it holds, why it is no more and the fix', () => {
  expect(sandboxWords(full)).toBe('✓ sandbox      bwrap (REELMILL_SANDBOX=prefer): everything');
  expect(sandboxWords(weak)).toBe(
    '– sandbox      limits (REELMILL_SANDBOX=prefer): little\n               why no more: no bwrap\n               fix: install it',
  );
  expect(sandboxWords(missing)).toMatch(/^✗ sandbox .*REELMILL_SANDBOX=require/);
});

test('who starts Reelmill hears of the sandbox where it is not whole', () => {
  expect(sandboxNotes(full)).toEqual([]);
  expect(sandboxNotes(weak)).toEqual(['sandbox "limits": little (no bwrap); fix: install it']);
});

test('a sandbox that must be there and is not is refused with reason and fix', () => {
  expect(() => requireSandbox(full)).not.toThrow();
  expect(() => requireSandbox(weak)).not.toThrow();
  expect(() => requireSandbox(missing)).toThrow(
    'SANDBOX_UNAVAILABLE: REELMILL_SANDBOX=require: no bwrap; fix: install it',
  );
});
