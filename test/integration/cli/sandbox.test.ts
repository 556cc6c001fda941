import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startChild } from '../../../src/local/child.ts';
import { StartRefused } from '../../../src/local/start-refused.ts';
import { testFolder } from '../../support/folder.ts';
import { reelmill } from '../../support/reelmill.ts';

/** A machine without bubblewrap: nothing at all lies on its PATH. */
async function bareMachine(): Promise<{ PATH: string; REELMILL_HOME: string }> {
  const folder = await testFolder('sandbox');
  return { PATH: folder, REELMILL_HOME: join(folder, 'home') };
}

test('doctor ends with 4 where bubblewrap is required and not there, and says the fix', async () => {
  const { code, stdout } = await reelmill(['doctor'], { ...(await bareMachine()), REELMILL_SANDBOX: 'require' });
  expect(code).toBe(4);
  expect(stdout).toMatch(
    /✗ sandbox .*REELMILL_SANDBOX=require.*\n.*bubblewrap.*\n +fix: apt-get install bubblewrap util-linux/,
  );
  expect(stdout.match(/bubblewrap is not installed/g)).toHaveLength(1);
});

test.each([['worker', 'cpu'], ['up']])(
  'where bubblewrap is required and not there, nothing starts: SANDBOX_UNAVAILABLE, with the fix: %s %s',
  async (...args) => {
    const bare = await bareMachine();
    const environment = { ...bare, REELMILL_SANDBOX: 'require', DATABASE_URL: 'postgres://postgres@127.0.0.1:9/none' };
    const { code, stdout, stderr } = await reelmill(args, environment);
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toMatch(/SANDBOX_UNAVAILABLE: .*bubblewrap/);
    expect(stderr).toMatch(/install bubblewrap/i);
    expect(existsSync(bare.REELMILL_HOME)).toBe(false);
  },
);

test('a worker that cannot run here says so to whoever started it, who then does not try again', async () => {
  const bare = await bareMachine();
  const child = startChild({
    name: 'worker-1',
    arguments: ['worker', 'cpu'],
    environment: { ...bare, REELMILL_SANDBOX: 'require', DATABASE_URL: 'postgres://postgres@127.0.0.1:9/none' },
    logFile: join(bare.PATH, 'worker.log'),
  });
  const refusal = await child.catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(StartRefused);
  expect(String(refusal)).toMatch(/worker-1 does not run: SANDBOX_UNAVAILABLE: .*bubblewrap/);
});
