import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { createLog } from '../../../src/log.ts';
import { runProcess } from '../../../src/process/run-process.ts';

/** Eight hours at 25 frames a second; as objects they alone would take 40 MB. */
const frames = 720_000;

test('a video of eight hours is verified and joined with 32 MB of heap', async () => {
  const script = resolve('test/support/long-video.ts');
  const args = ['--max-old-space-size=32', '--import', 'tsx', script, String(frames)];
  const run = runProcess(process.execPath, args, {
    signal: AbortSignal.timeout(100_000),
    log: createLog({ level: 'silent', name: 'test' }),
  });
  await expect(run).resolves.toBeDefined();
});
