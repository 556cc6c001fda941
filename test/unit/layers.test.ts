import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** One forbidden import for each rule: file of the project, and the line that must make the lint fail. */
const forbidden: Record<string, [file: string, line: string]> = {
  'no-circular': ['src/plan/a.ts', "import './b.ts';"],
  'no-unresolvable': ['src/plan/lost.ts', "import './nowhere.ts';"],
  'src-not-test': ['src/api/seed.ts', "import '../../test/support/thing.ts';"],
  'no-dev-package-in-src': ['src/api/dev.ts', "import 'vitest';"],
  'layer-plan': ['src/plan/impure.ts', "import '../storage/thing.ts';"],
  'layer-process': ['src/process/upward.ts', "import '../ffmpeg/thing.ts';"],
  'layer-ffmpeg': ['src/ffmpeg/upward.ts', "import '../jobs/thing.ts';"],
  'layer-packaging': ['src/packaging/upward.ts', "import '../database/thing.ts';"],
  'layer-quality': ['src/quality/upward.ts', "import '../storage/thing.ts';"],
  'layer-jobs': ['src/jobs/upward.ts', "import '../database/thing.ts';"],
  'layer-storage': ['src/storage/upward.ts', "import '../database/thing.ts';"],
  'layer-database': ['src/database/upward.ts', "import '../flows/thing.ts';"],
  'layer-workers': ['src/workers/sideways.ts', "import '../api/thing.ts';"],
  'layer-api': ['src/api/sideways.ts', "import '../workers/thing.ts';"],
  'layer-local': ['src/local/sideways.ts', "import '../api/thing.ts';"],
  'layer-ingest': ['src/ingest/upward.ts', "import '../database/thing.ts';"],
  'layer-flows': ['src/flows/upward.ts', "import '../workers/thing.ts';"],
  'only-bullmq': ['src/api/queue.ts', "import 'bullmq';"],
  'only-ioredis': ['src/workers/redis.ts', "import 'ioredis';"],
  'only-aws-sdk': ['src/api/s3.ts', "import '@aws-sdk/client-s3';"],
  'only-prisma': ['src/flows/rows.ts', "import '@prisma/adapter-pg';"],
  'only-pg': ['src/api/rows.ts', "import 'pg';"],
  'only-express': ['src/flows/http.ts', "import 'express';"],
  'only-processes': ['src/ffmpeg/start.ts', "import 'node:child_process';"],
};

/** Files that the forbidden imports point to. */
const targets = [
  ...['storage', 'ffmpeg', 'jobs', 'database', 'flows', 'workers', 'api'].map((folder) => `src/${folder}/thing.ts`),
  'test/support/thing.ts',
];

const root = resolve(import.meta.dirname, '../..');
let project: string;
let violations: { rule: string; from: string }[];

const write = (file: string, text: string) => {
  mkdirSync(dirname(join(project, file)), { recursive: true });
  writeFileSync(join(project, file), `${text}\n`);
};

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'reelmill-layers-'));
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'])
    cpSync(join(root, file), join(project, file));
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
  for (const file of targets) write(file, 'export {};');
  for (const [file, line] of Object.values(forbidden)) write(file, line);
  write('src/plan/b.ts', "import './a.ts';");
  // Each of these is allowed, and stands beside its forbidden twin to show that the rule tells them apart.
  write('src/flows/connect-redis.ts', "import 'bullmq';\nimport 'ioredis';");
  write('src/database/client.ts', "import 'pg';\nimport '@prisma/adapter-pg';");

  const cli = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [cli, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src'];
  const report = JSON.parse(execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8' }));
  violations = report.summary.violations.map((violation: { rule: { name: string }; from: string }) => ({
    rule: violation.rule.name,
    from: violation.from,
  }));
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

describe('the lint refuses an import that breaks a layer', () => {
  test.each(Object.entries(forbidden))('%s', (rule, [file]) => {
    expect(violations).toContainEqual({ rule, from: file });
  });

  test('every rule of the configuration has its forbidden import here', async () => {
    const config = await import(join(root, '.dependency-cruiser.cjs'));
    const names = config.default.forbidden.map((rule: { name: string }) => rule.name);
    expect(Object.keys(forbidden).sort()).toEqual([...names].sort());
  });

  test('what a layer may import is not refused', () => {
    const files = violations.map((violation) => violation.from);
    expect(files).not.toContain('src/flows/connect-redis.ts');
    expect(files).not.toContain('src/database/client.ts');
  });
});
