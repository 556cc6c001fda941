import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** What another process writes to its log. */
function logged(script: string): string {
  const log = new URL('../../src/log.ts', import.meta.url).pathname;
  const code = `import { consoleToLog, createLog } from '${log}'; const log = createLog({ level: 'info', name: 'test' }); ${script}`;
  return execFileSync(
    'bash',
    ['-c', '"$@" 2>&1', 'bash', process.execPath, '--import', 'tsx', '--input-type=module', '-e', code],
    {
      encoding: 'utf8',
    },
  );
}

test('whatever a name holds, a log line is one line, which no terminal acts on, and says it all', () => {
  const name = 'a\u001b[31m\n{"level":60}\u009b2J\u202e\u2028\u007f\ufeff\ud800<b>';
  const text = logged(
    `log.info({ name: ${JSON.stringify(name)}, deep: { [${JSON.stringify(name)}]: 1 } }, 'uploaded'); log.child({ name: ${JSON.stringify(name)} }).warn(${JSON.stringify(name)});`,
  );
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]/u);
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatchObject({ name, deep: { [name]: 1 }, msg: 'uploaded' });
  expect(lines[1]).toMatchObject({ name, msg: name });
});

test('an error is logged without what a driver had sent', () => {
  const text = logged(
    `log.error({ err: Object.assign(new Error('no'), { command: { args: ['canary'] } }) }, 'queue'); log.error(new Error('redis://:canary@h'));`,
  );
  expect(text).toContain('"message":"no"');
  expect(text).not.toContain('canary');
});

test('what packages write to the console is a line of the log, each text once', () => {
  const text = logged(`consoleToLog(log); for (const n of [1, 1, 2]) console.warn('Eviction policy is %s', n);`);
  const lines = text.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['Eviction policy is 1', 'Eviction policy is 2']);
});
