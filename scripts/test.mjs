import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { bootstrap, root } from './bootstrap.mjs';
import { bwrapWorks, hasTool, onPath } from './debian.mjs';
import { countsOf, failureLines, hindrance, importsIn, needsIn, suiteLine, suitesOf, summary } from './test-suites.mjs';

/** What a suite may need, and in words that it is not here. */
const needs = {
  'redis-server': () => (hasTool('redis-server', process.env.PATH) ? null : 'no redis-server on PATH'),
  ffmpeg: () => (hasTool('ffmpeg', process.env.PATH) ? null : 'no ffmpeg on PATH'),
  bwrap: () => (bwrapWorks(process.env.PATH) ? null : 'no bwrap that may make namespaces'),
  python3: () => (onPath(['python3'], process.env.PATH) ? null : 'no python3 on PATH'),
  chromium: () => (hasTool('chromium', process.env.PATH) ? null : 'no chromium on PATH'),
  swift: () => (hasTool('swift', process.env.PATH) ? null : 'no S3 server to test with (Debian package python3-swift)'),
  clips: () => (existsSync(join(root, '../shared/media')) ? null : 'no folder ../shared/media'),
  gpu: () => (onPath(['nvidia-smi'], process.env.PATH) ? null : 'no NVIDIA GPU'),
  vendor: () => 'no vendor account',
};

function main() {
  const scratch = mkdtempSync(join(tmpdir(), 'reelmill-test-'));
  process.env.REELMILL_TEST_CLIPS ??= join(scratch, 'clips');
  try {
    const results = [...check(scratch)];
    for (const [project, folders] of [
      ['integration', ['test/integration', 'test/contracts']],
      ['e2e', ['test/e2e', 'test/chaos']],
    ]) {
      for (const suite of suitesOf(project, folders.flatMap(testFiles))) results.push(runSuite(suite, scratch));
    }
    const { line, exitCode } = summary(results);
    // last, because a long log is often kept by its end alone
    const failures = results.flatMap(failureLines).join('\n');
    process.stdout.write(`\n${results.map(suiteLine).join('\n')}\n\n${failures}${failures && '\n\n'}${line}\n`);
    return exitCode;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** `npm run check`: lint, types and layers, then the unit tests (also where one of the former failed: their counts are wanted). */
function* check(scratch) {
  const report = join(scratch, 'unit.json');
  const whole = timed('npm', ['run', '--silent', 'check', '--', ...reporters(report)], report);
  const unit = existsSync(report) ? whole : vitest('unit', [], report);
  const lintFailed = unit !== whole;
  yield {
    name: 'lint, types, layers',
    counts: { passed: 0, failed: lintFailed ? 1 : 0, skipped: 0 },
    ...whole,
    failures: [],
  };
  yield { name: 'unit', counts: countsOf(readReport(report), unit.status), ...unit };
}

function runSuite(suite, scratch) {
  const missing = (need) => (needs[need] ? needs[need]() : `unknown need "${need}"`);
  const absent = JSON.parse(readFileSync(join(root, 'test/absent.json'), 'utf8'));
  const notRun = hindrance(suite.needs, { missing, absent, ci: Boolean(process.env.CI) });
  if (notRun) return { name: suite.name, notRun };
  process.stdout.write(`\n== ${suite.name}\n`);
  const report = join(scratch, `${suite.name.replaceAll(' ', '-')}.json`);
  const run = vitest(suite.project, suite.files, report);
  return { name: suite.name, counts: countsOf(readReport(report), run.status), ...run };
}

const reporters = (report) => [
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  `--reporter=${join(root, 'scripts/failures-reporter.mjs')}`,
];

const vitest = (project, files, report) =>
  timed(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--project', project, ...reporters(report), ...files],
    report,
  );

function timed(program, args, report) {
  const start = performance.now();
  const file = `${report}.failures`;
  const env = { ...process.env, REELMILL_TEST_FAILURES: file };
  const { status } = spawnSync(program, args, { cwd: root, stdio: 'inherit', env });
  return { status, seconds: (performance.now() - start) / 1000, failures: readReport(file) ?? [] };
}

function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

/** The test files below a folder, each with its needs and those of the support modules that it imports. */
function testFiles(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .map((name) => ({ file: join(folder, name), needs: needsOf(join(root, folder, name), new Set()) }));
}

function needsOf(module, seen) {
  if (seen.has(module) || !existsSync(module)) return [];
  seen.add(module);
  const text = readFileSync(module, 'utf8');
  const imported = importsIn(text)
    .map((path) => resolve(dirname(module), path))
    .filter((path) => relative(join(root, 'test'), path)[0] !== '.');
  return [...needsIn(text), ...imported.flatMap((path) => needsOf(path, seen))];
}

bootstrap({ tools: ['redis-server', 'ffmpeg', 'bwrap', 'chromium', 'swift'] });
process.exit(main());
