import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeClip } from '../support/clips.ts';
import { docBlocks, hasShown, missingLines } from '../support/doc-blocks.ts';
import { startUp } from '../support/up.ts';

const root = join(import.meta.dirname, '../..');

/** A bash that takes one block after the other, as a person types them. */
function openShell(environment: NodeJS.ProcessEnv) {
  const shell = spawn('bash', ['--noprofile', '--norc'], { cwd: root, env: environment });
  const ended = once(shell, 'close');
  onTestFinished(async () => {
    shell.stdin.end();
    await ended;
  });
  let said = '';
  let complaints = '';
  shell.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  shell.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  return {
    /** What a block says, and the exit code of each of its lines. */
    async run(block: string): Promise<{ output: string; codes: string[]; errors: string }> {
      said = '';
      complaints = '';
      const lines = block.split('\n').filter(Boolean);
      for (const line of lines) shell.stdin.write(`${line}\nprintf '\\n#code %s\\n' $?\n`);
      const codes = () => [...said.matchAll(/^#code (\d+)$/gm)].map(([, code = '']) => code);
      await expect.poll(codes, { timeout: 120_000, interval: 50 }).toHaveLength(lines.length);
      return { output: said.replace(/^#code \d+$/gm, ''), codes: codes(), errors: complaints };
    },
  };
}

test('the session of docs/api.md works as the page shows it, line by line', async () => {
  const up = await startUp('api-docs');
  const shell = openShell({
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    REELMILL_HOME: up.home,
    API: up.run.api_url,
    FILE: await makeClip({ seconds: 4, size: '320x180', name: 'api-docs' }),
  });
  const blocks = docBlocks(await readFile(join(root, 'docs/api.md'), 'utf8')).filter(
    ({ language }) => language !== 'js',
  );
  let last = '';
  for (const { language, text, line } of blocks) {
    const place = `docs/api.md:${line}`;
    if (language === 'sh') {
      const { output, codes, errors } = await shell.run(text);
      expect(codes, `${place}: ${errors}`).toEqual(codes.map(() => '0'));
      last = output;
    } else if (language === 'json') {
      const answer = last.split('\n').find((each) => each.startsWith('{')) ?? 'null';
      expect(hasShown(JSON.parse(text), JSON.parse(answer)), `${place}: ${answer}`).toBe(true);
    } else {
      expect(missingLines(text, last), `${place}: ${last}`).toEqual([]);
    }
  }
  expect(blocks.filter(({ language }) => language === 'sh').length).toBeGreaterThan(10);
});

test('what a page shows is found, and what it does not show is not', () => {
  expect(hasShown({ a: 'vid_…', b: [{ c: 1 }] }, { a: 'vid_1', b: [{ c: 1, d: 2 }], e: 3 })).toBe(true);
  expect(hasShown({ a: 'vid_…' }, { a: 'run_1' })).toBe(false);
  expect(hasShown({ a: [] }, { a: [1] })).toBe(false);
  expect(hasShown({ a: null }, {})).toBe(false);
  expect(missingLines('one\nth…\n', 'one\ntwo\nthree')).toEqual([]);
  expect(missingLines('two\none\n', 'one\ntwo')).toEqual(['one']);
});
