import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';

/**
 * A vitest reporter that writes to the file of `REELMILL_TEST_FAILURES` what failed: `{ where, message }[]`, where `where` is a file and a
 * test's name. What failed outside of all tests (a rejection that nobody handled, a process that died) is in it, which vitest's own JSON lacks.
 */
export default class FailuresReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const file = process.env.REELMILL_TEST_FAILURES;
    if (file) writeFileSync(file, JSON.stringify([...modules.flatMap(failuresOf), ...unhandledErrors.map(outside)]));
  }
}

function failuresOf(module) {
  const file = relative(process.cwd(), module.moduleId);
  const failed = (where, errors) => ({ where, message: errors.map(textOf).join('\n') });
  return [
    ...(module.errors().length > 0 ? [failed(file, module.errors())] : []),
    ...[...module.children.allSuites()]
      .filter((suite) => suite.errors().length > 0)
      .map((suite) => failed(`${file} > ${suite.fullName}`, suite.errors())),
    ...[...module.children.allTests('failed')].map((test) =>
      failed(`${file} > ${test.fullName}`, test.result().errors ?? []),
    ),
  ];
}

const outside = (error) => ({ where: 'outside of all tests', message: textOf(error) });

const textOf = (error) => `${error.stack ?? error.message ?? error}${error.diff ? `\n${error.diff}` : ''}`;
