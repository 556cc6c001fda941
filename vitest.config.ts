import { defineConfig } from 'vitest/config';

// What a test waits for comes at once, but on a machine that is busy with the rest of the suite.
const pollMs = 20_000;

export default defineConfig({
  test: {
    projects: [
      // Unit tests keep nothing in their modules, so files may share them: loading them anew for each took most of the time.
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 20_000, isolate: false } },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts', 'test/contracts/**/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts', 'test/support/clips-folder.ts'],
          testTimeout: 120_000,
          expect: { poll: { timeout: pollMs } },
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts', 'test/chaos/**/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts', 'test/support/clips-folder.ts'],
          testTimeout: 240_000,
          expect: { poll: { timeout: pollMs } },
          hookTimeout: 120_000,
          maxWorkers: 1,
        },
      },
    ],
  },
});
