import { openSandbox } from '../../src/process/open-sandbox.ts';
import { type Sandbox, type SandboxLevel, sandboxLevels } from '../../src/process/sandbox.ts';

let opened: Promise<Sandbox> | undefined;

/** The best sandbox of this machine, as a worker would use it; REELMILL_TEST_SANDBOX names a weaker level to try the suites in. */
export function testSandbox(): Promise<Sandbox> {
  const wanted = sandboxLevels.find((level) => level === process.env.REELMILL_TEST_SANDBOX);
  opened ??= sandboxAt(wanted ?? 'bwrap');
  return opened;
}

/** A sandbox of this level at most. */
export const sandboxAt = (level: SandboxLevel): Promise<Sandbox> =>
  level === 'none' ? openSandbox({ mode: 'none' }) : openSandbox({ mode: 'prefer', strongest: level });
