#!/usr/bin/env node
import { existsSync } from 'node:fs';

if (!existsSync(new URL('../node_modules/tsx', import.meta.url))) {
  process.stderr.write(
    'reelmill: its packages are not installed: run "npm ci" in its folder (or "npm run quickstart")\n',
  );
  process.exit(4);
}

// A process that `up` has started ends with it, also where `up` was killed and could not say so.
if (process.send) {
  process.once('disconnect', () => {
    setTimeout(() => process.exit(1), 5_000).unref();
    process.kill(process.pid, 'SIGTERM');
  });
} else {
  const { repairInstalled } = await import('../scripts/repair-installed.mjs');
  repairInstalled();
}

// What the environment says itself stays as it is.
if (existsSync('.env')) process.loadEnvFile('.env');

// The AWS SDK tells of its next versions' Node on standard error of every process; ours is pinned, and runs on this one.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

// No build step: tsx reads the TypeScript as it is.
const { register } = await import('tsx/esm/api');
register();
const { main } = await import('../src/cli/main.ts');
await main(process.argv);
