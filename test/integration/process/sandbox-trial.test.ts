// needs: bwrap
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createLog } from '../../../src/log.ts';
import { toolTrials } from '../../../src/packaging/tool-trials.ts';
import { findProgram } from '../../../src/process/find-program.ts';
import { openSandbox } from '../../../src/process/open-sandbox.ts';
import { testTools } from '../../support/clips.ts';
import { testFolder } from '../../support/folder.ts';
import { inside, isRoot } from '../../support/inside.ts';

/** The environment of this test alone. */
function given(environment: Record<string, string>): void {
  for (const [name, value] of Object.entries(environment)) {
    const before = process.env[name];
    onTestFinished(() => {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    });
    process.env[name] = value;
  }
}

const script = (path: string, text: string) => writeFile(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });

/** A folder for PATH with links to these programs. */
async function linksTo(names: string[]): Promise<string> {
  const folder = await testFolder('path');
  for (const name of names) await symlink((await findProgram(name)) ?? '', join(folder, name));
  return folder;
}

test('the tools of a job start in it', async () => {
  const tools = toolTrials(await testTools());
  expect(tools.map(({ name }) => name)).toEqual(['ffmpeg', 'ffprobe', 'the packager']);
  expect(await openSandbox({ mode: 'require', tools })).toMatchObject({ level: 'bwrap', lacks: null });
});

test('where a tool does not start in bubblewrap, what lies elsewhere can be named; else SANDBOX_UNAVAILABLE, or a level in which it starts', async () => {
  const [folder, elsewhere] = [await testFolder('tool'), await testFolder('elsewhere')];
  await script(join(elsewhere, 'ffmpeg-real'), 'echo real');
  await script(join(folder, 'ffmpeg'), `exec ${elsewhere}/ffmpeg-real "$@"`);
  const tools = [{ name: 'ffmpeg', path: join(folder, 'ffmpeg'), args: ['-version'] }];
  const words = expect.stringMatching(/^ffmpeg does not start inside bubblewrap: .*not found; it lies in \S+tool/);

  await expect(openSandbox({ mode: 'require', tools })).rejects.toMatchObject({
    code: 'SANDBOX_UNAVAILABLE',
    detail: words,
  });
  expect(await openSandbox({ mode: 'prefer', tools })).toMatchObject({ level: 'limits', lacks: words });
  expect(await openSandbox({ mode: 'require', tools, moreReads: elsewhere })).toMatchObject({ level: 'bwrap' });
});

test('what is missing of bubblewrap and util-linux is named, once', async () => {
  given({ PATH: await linksTo(['bwrap', 'setpriv']) });
  expect(await openSandbox({ mode: 'prefer' })).toMatchObject({
    level: 'none',
    lacks: 'prlimit (of util-linux) is not installed',
  });
  given({ PATH: await testFolder('path') });
  const { lacks } = await openSandbox({ mode: 'prefer' });
  expect(lacks?.split('; ').sort()).toEqual([
    'bubblewrap is not installed',
    'prlimit (of util-linux) is not installed',
    'setpriv (of util-linux) is not installed',
  ]);
});

test('PATH may name no folder of the system, and what starts the tools may lie anywhere', async () => {
  given({ PATH: await linksTo(['bwrap', 'prlimit', 'setpriv']) });
  expect(await openSandbox({ mode: 'require' })).toMatchObject({ level: 'bwrap' });
  const folder = await linksTo(['bwrap']);
  for (const name of ['prlimit', 'setpriv']) await copyFile(`/usr/bin/${name}`, join(folder, name));
  given({ PATH: folder });
  expect(await openSandbox({ mode: 'require' })).toMatchObject({ level: 'bwrap' });
});

test('a trial that takes long is no verdict: it is tried again, and said', async () => {
  const folder = await testFolder('slow');
  await script(
    join(folder, 'bwrap'),
    `[ -e ${folder}/begun ] || { : > ${folder}/begun; sleep 20; }\nexec ${await findProgram('bwrap')} "$@"`,
  );
  given({ PATH: `${folder}:${process.env.PATH}` });
  const said: string[] = [];
  const log = createLog({ level: 'warn', name: 'test' });
  log.warn = (facts: unknown) => void said.push(JSON.stringify(facts));
  const patienceMs = [1_000, 30_000] as const;
  expect(await openSandbox({ mode: 'prefer', log, patienceMs })).toMatchObject({ level: 'bwrap' });
  expect(new Set(said)).toEqual(new Set(['{"level":"bwrap","seconds":1}']));
});

test('a folder of libraries that holds our home is left out', async () => {
  const above = await testFolder('above');
  const home = join(above, 'home');
  await mkdir(home);
  given({ LD_LIBRARY_PATH: above });
  const sandbox = await openSandbox({ mode: 'require', home, workRoot: join(home, 'work') });
  const { bash } = await inside(sandbox, home);
  const { stdout } = await bash('cat "$1"; cat "$3" "$4" 2> /dev/null; true');
  expect(stdout.trim()).toBe('the source');
});

test.runIf(isRoot)('a home below a folder of the system is closed, and tools work in it', async () => {
  const home = await mkdtemp('/usr/local/lib/reelmill-test-');
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const sandbox = await openSandbox({ mode: 'require', home, workRoot: join(home, 'work') });
  const { bash, folder } = await inside(sandbox, home);
  const { stdout } = await bash(
    'cat "$1"; cat "$3" "$4" 2> /dev/null; touch "$(dirname "$1")/x" && echo x; cp "$1" "$2/a"',
  );
  expect(stdout.trim()).toBe('the source');
  expect(await readFile(join(folder, 'a'), 'utf8')).toBe('the source');
});
