/** What the test runner decides, without doing anything: which files make a suite, what keeps it from running, and what counts. */

/** The tools and things that a test file or support file names in its lines `// needs: redis-server, clips`. */
export function needsIn(text) {
  const lines = text.matchAll(/^\/\/ needs: (.+)$/gm);
  return [...lines].flatMap(([, names]) => names.split(',').map((name) => name.trim()));
}

/** The relative imports of a module. */
export const importsIn = (text) => [...text.matchAll(/\bfrom '(\.[^']+)'/g)].map(([, path]) => path);

/**
 * The test files of a project, in suites of equal needs: `integration`, `integration with redis-server` … Each file has all its
 * needs met or does not run at all, so no test skips itself.
 */
export function suitesOf(project, files) {
  const suites = new Map();
  for (const { file, needs } of files) {
    const sorted = [...new Set(needs)].sort();
    const name = sorted.length > 0 ? `${project} with ${sorted.join(' and ')}` : project;
    const suite = suites.get(name) ?? { name, project, needs: sorted, files: [] };
    suite.files.push(file);
    suites.set(name, suite);
  }
  return [...suites.values()].sort((a, b) => a.needs.length - b.needs.length || a.name.localeCompare(b.name));
}

/**
 * Why a suite cannot run, and whether that may be: null where everything is there. `missing(need)` gives the reason for a need that
 * is not met, or null. In CI only what `absent` (test/absent.json) names may be missing, all of it.
 */
export function hindrance(needs, { missing, absent, ci }) {
  const reasons = needs.flatMap((need) => {
    const reason = missing(need);
    return reason ? [{ need, reason }] : [];
  });
  if (reasons.length === 0) return null;
  const allowed = !ci || reasons.every(({ need }) => Object.hasOwn(absent, need));
  const words = reasons.map(({ need, reason }) => (ci && absent[need] ? `${reason} (${absent[need]})` : reason));
  return { allowed, words: words.join('; ') };
}

/** The counts of a vitest report. A file that could not even be loaded, and a run that failed beside its tests, each count as one failed. */
export function countsOf(report, exitCode) {
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failed = report.numFailedTests + unloaded;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: report.numPendingTests + (report.numTodoTests ?? 0),
  };
}

/** The last line of the output, and the exit code. */
export function summary(results) {
  const sum = (field) => results.reduce((total, result) => total + (result.counts?.[field] ?? 0), 0);
  const refused = results.filter(({ notRun }) => notRun && !notRun.allowed).length;
  const failed = sum('failed') + refused;
  const skipped = sum('skipped');
  const line = `${sum('passed')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  return { line, exitCode: failed > 0 ? 1 : 0 };
}

/** One line a suite: run, or not run and why. */
export function suiteLine({ name, counts, seconds, notRun }) {
  if (notRun) return `${name}: not run: ${notRun.words}${notRun.allowed ? '' : ' (a failure where CI is set)'}`;
  const took = `(${Math.round(seconds)} s)`;
  // lint, types and layers are a check, not a list of tests
  if (counts.passed + counts.failed + counts.skipped === 0) return `${name}: run: passed ${took}`;
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  return `${name}: run: ${counts.passed} passed, ${counts.failed} failed${skipped} ${took}`;
}

/** What failed in a suite, each with the beginning of its message: `{ where, message }[]` of failures-reporter.mjs. */
export const failureLines = ({ name, failures = [] }) =>
  failures.map(({ where, message }) => {
    const lines = message.split('\n').filter((line) => !line.includes('node_modules/'));
    return [`FAILED ${name}: ${where}`, ...lines.slice(0, 30)].join('\n    ');
  });
