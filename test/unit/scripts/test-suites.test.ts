import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const { countsOf, failureLines, hindrance, importsIn, needsIn, suiteLine, suitesOf, summary } = await import(
  new URL('../../../scripts/test-suites.mjs', import.meta.url).href
);

test('a file says in a comment of its own what it needs', () => {
  expect(needsIn("// needs: chromium, clips\nimport x from 'y';\n// needs: gpu")).toEqual(['chromium', 'clips', 'gpu']);
  expect(needsIn('const a = "// needs: gpu";')).toEqual([]);
  expect(importsIn("import { a } from '../support/redis.ts';\nimport b from 'vitest';")).toEqual([
    '../support/redis.ts',
  ]);
});

test('files of equal needs are one suite, those with the fewest needs first', () => {
  const suites = suitesOf('e2e', [
    { file: 'a', needs: ['clips', 'chromium'] },
    { file: 'b', needs: [] },
    { file: 'c', needs: ['chromium', 'clips', 'clips'] },
    { file: 'd', needs: ['chromium'] },
  ]);
  expect(suites.map(({ name, files }: { name: string; files: string[] }) => [name, files])).toEqual([
    ['e2e', ['b']],
    ['e2e with chromium', ['d']],
    ['e2e with chromium and clips', ['a', 'c']],
  ]);
});

const absent = { clips: 'they lie beside the repository' };
const missing = (need: string) => (need === 'here' ? null : `no ${need}`);

test.each([
  ['everything is there', ['here'], true, null],
  ['something is missing on a laptop', ['gpu'], false, { allowed: true, words: 'no gpu' }],
  ['something is missing in CI', ['gpu'], true, { allowed: false, words: 'no gpu' }],
  ['CI may lack it', ['clips'], true, { allowed: true, words: 'no clips (they lie beside the repository)' }],
  [
    'CI may lack one of the two only',
    ['clips', 'gpu'],
    true,
    { allowed: false, words: `no clips (${absent.clips}); no gpu` },
  ],
])('%s', (_, needs, ci, expected) => {
  expect(hindrance(needs, { missing, absent, ci })).toEqual(expected);
});

const report = (tests: string[], files: { status: string; tests: string[] }[] = []) => ({
  numPassedTests: tests.filter((status) => status === 'passed').length,
  numFailedTests: tests.filter((status) => status === 'failed').length,
  numPendingTests: tests.filter((status) => status === 'pending').length,
  testResults: files.map(({ status, tests: inFile }) => ({
    status,
    assertionResults: inFile.map((state) => ({ status: state })),
  })),
});

test('what did not even load counts as failed, and so does a run without a report', () => {
  const twoFiles = [
    { status: 'failed', tests: [] },
    { status: 'failed', tests: ['failed'] },
  ];
  expect(countsOf(report(['passed', 'failed', 'pending'], twoFiles), 1)).toEqual({ passed: 1, failed: 2, skipped: 1 });
  expect(countsOf(report(['passed']), 0)).toEqual({ passed: 1, failed: 0, skipped: 0 });
  expect(countsOf(report(['passed']), 1)).toEqual({ passed: 1, failed: 1, skipped: 0 }); // an error outside of all tests
  expect(countsOf(null, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test('the last line sums up, and a refused absence fails the run', () => {
  const counts = (passed: number, failed: number, skipped = 0) => ({ counts: { passed, failed, skipped } });
  expect(summary([counts(3, 0), counts(4, 0)])).toEqual({ line: '7 passed, 0 failed', exitCode: 0 });
  expect(summary([counts(3, 1, 2)])).toEqual({ line: '3 passed, 1 failed, 2 skipped', exitCode: 1 });
  expect(summary([counts(3, 0), { notRun: { allowed: true, words: '' } }]).exitCode).toBe(0);
  expect(summary([counts(3, 0), { notRun: { allowed: false, words: '' } }])).toEqual({
    line: '3 passed, 1 failed',
    exitCode: 1,
  });
});

test('every suite has its line', () => {
  expect(suiteLine({ name: 'unit', counts: { passed: 2, failed: 0, skipped: 0 }, seconds: 1.4 })).toBe(
    'unit: run: 2 passed, 0 failed (1 s)',
  );
  expect(suiteLine({ name: 'lint', counts: { passed: 0, failed: 0, skipped: 0 }, seconds: 41.2 })).toBe(
    'lint: run: passed (41 s)',
  );
  expect(suiteLine({ name: 'e2e', notRun: { allowed: true, words: 'no chromium on PATH' } })).toBe(
    'e2e: not run: no chromium on PATH',
  );
});

test('each failure is told with where it was and how its message begins', () => {
  const message = Array.from({ length: 40 }, (_, line) => `line ${line}`).join('\n');
  const lines = failureLines({ name: 'unit', failures: [{ where: 'a.test.ts > adds', message }] });
  expect(lines[0].split('\n').slice(0, 2)).toEqual(['FAILED unit: a.test.ts > adds', '    line 0']);
  expect(lines[0].split('\n')).toHaveLength(31);
  expect(failureLines({ name: 'e2e', notRun: { allowed: true, words: '' } })).toEqual([]);
});

test('what CI may lack is named with a reason', () => {
  const named: Record<string, string> = JSON.parse(readFileSync('test/absent.json', 'utf8'));
  expect(Object.keys(named).sort()).toEqual(['bwrap', 'clips', 'gpu', 'vendor']);
  for (const reason of Object.values(named)) expect(reason.length).toBeGreaterThan(20);
});
