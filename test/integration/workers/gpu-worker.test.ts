import { execFile } from 'node:child_process';
import { expect, test } from 'vitest';

const start = `
  const { readConfig } = await import('./src/config.ts');
  const { runGpuWorker } = await import('./src/workers/gpu/main.ts');
  await runGpuWorker(readConfig());
`;

test('a GPU worker on a machine that cannot encode says why and ends with code 3', async () => {
  const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
    // CUDA sees no device by this, also where there is one.
    const env = { ...process.env, CUDA_VISIBLE_DEVICES: '-1' };
    const args = ['--import', 'tsx', '--input-type=module', '--eval', start];
    execFile(process.execPath, args, { env, timeout: 60_000 }, (error, _stdout, text) =>
      resolve({ code: error?.code ?? 0, stderr: text }),
    );
  });
  expect(stderr).toMatch(/No GPU that can encode: .+\nRun "reelmill worker cpu"/);
  expect(code).toBe(3);
});
