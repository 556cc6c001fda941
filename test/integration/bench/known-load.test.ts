// needs: bwrap, python3
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { KnownLoad } from '../../../bench/known-load.ts';

/** What the benchmark sees of two CPU-seconds of a tool; `above`: what it is run by. */
function burnt(mode: string, above: string[]): KnownLoad {
  const command = [...above, process.execPath, '--import', 'tsx', 'bench/main.ts', 'load'];
  const env = { ...process.env, REELMILL_SANDBOX: mode };
  return JSON.parse(execFileSync('/usr/bin/env', command, { env, encoding: 'utf8' }));
}

test.each([
  ['require', 'bwrap'],
  ['none', 'none'],
])('the benchmark finds the CPU-seconds of a tool again, REELMILL_SANDBOX=%s', (mode, level) => {
  const { sandbox, burntSeconds, seenSeconds } = burnt(mode, ['python3', 'bench/reap-orphans.py']);
  expect(sandbox).toBe(level);
  expect(burntSeconds).toBeGreaterThanOrEqual(2);
  expect(seenSeconds / burntSeconds).toBeGreaterThan(0.9);
  expect(seenSeconds / burntSeconds).toBeLessThan(1.1);
});

test('in bubblewrap it loses them where nobody adopts what bubblewrap leaves: so it looks before it believes', () => {
  const { sandbox, burntSeconds, seenSeconds } = burnt('require', []);
  expect(sandbox).toBe('bwrap');
  expect(seenSeconds / burntSeconds).toBeLessThan(0.5);
});
