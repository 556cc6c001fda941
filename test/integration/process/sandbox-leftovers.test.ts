// needs: bwrap
import { chmod, chown, link, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createLog } from '../../../src/log.ts';
import { takeFolder } from '../../../src/process/take-folder.ts';
import { openWorkFolders } from '../../../src/workers/work-folders.ts';
import { testFolder } from '../../support/folder.ts';
import { asOrdinaryUser, inside, isRoot } from '../../support/inside.ts';
import { sandboxAt } from '../../support/sandbox.ts';

const sandboxes = await Promise.all((['bwrap', 'uid', 'limits', 'none'] as const).map(sandboxAt));
const given = [...new Map(sandboxes.map((sandbox) => [sandbox.level, sandbox])).values()];
const log = createLog({ level: 'silent', name: 'test' });

/** Longer than a path can be: 80 folders in one another with names of 80 characters. */
const deep = 'cd "$2"; mkdir -p "$(printf "%080d/" {1..80})"';
const odd = `printf x > "$2/$(printf 'a\\377b')"`;
const oddFolder = `mkdir -p "$2/$(printf 'a\\377b')/deep"; chmod 0 "$2/$(printf 'a\\377b')/deep"`;

describe.each(given)('at level $level', (sandbox) => {
  const atHome = async () => inside(sandbox, await testFolder('left'));

  test.each([
    ['folders deeper than a path can be', deep],
    ['a file whose name is no UTF-8', odd],
    ['a folder whose name is no UTF-8', oddFolder],
  ])('%s: the program has failed, they are gone, and the next one works', async (_what, script) => {
    const { bash, folder } = await atHome();
    await expect(bash(script)).rejects.toMatchObject({ code: 'PROCESS_FAILED', facts: { tool: 'bash' } });
    const left = await readdir(folder, { recursive: true });
    expect(left.length).toBeLessThan(10);
    expect(left.join()).not.toMatch(/a.b/);
    await bash('echo x > "$2/made"');
    expect(await readFile(join(folder, 'made'), 'utf8')).toBe('x\n');
  });

  test.each([
    ['a name that is no UTF-8', odd],
    ['no folder at all', 'chmod 0 "$2"; rmdir "$2"'],
  ])('with %s left, an abort and a failure of its own are still told', async (_what, script) => {
    const { bash } = await atHome();
    const abort = new AbortController();
    const running = bash(`${script}; echo here; sleep 60`, {
      ...{ signal: abort.signal, killAfterMs: 300, onStdoutLine: () => abort.abort(new Error('cancelled')) },
    });
    await expect(running).rejects.toThrow('cancelled');
    await expect((await atHome()).bash(`${script}; exit 7`)).rejects.toMatchObject({ facts: { exitCode: 7 } });
  });

  test('two in one folder at once: what the first leaves is looked at when the second is over', async () => {
    const { bash, folder } = await atHome();
    let begun = () => {};
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const second = bash(
      'echo here; until test -e "$2/go"; do sleep 0.05; done; test -L "$2/link"; echo x > "$2/made"',
      {
        onStdoutLine: () => begun(),
      },
    );
    await hasBegun;
    await bash('ln -s /etc/passwd "$2/link"');
    await writeFile(join(folder, 'go'), ''); // not before the first is over, however busy the machine is
    await expect(second).rejects.toMatchObject({ detail: expect.stringMatching(/left what is no file: link$/) });
    expect(await readFile(join(folder, 'made'), 'utf8')).toBe('x\n');
    expect((await stat(join(folder, 'made'))).uid).toBe(process.getuid?.());
    expect((await readdir(folder)).sort()).toEqual(['go', 'made']);
  });
});

test('work folders: what a job left goes after it, however deep; of a dead process at the next start', async () => {
  const home = await testFolder('left-work');
  const root = join(home, 'work');
  const folders = await openWorkFolders(root, log);
  const { run } = await inside(await sandboxAt('none'), home);
  // Not confined: nothing looks at what it leaves, as after a kill -9.
  const make = (folder: string) => run('bash', ['-c', deep, 'bash', '', folder], { confinement: undefined });
  const left = join(root, `${hostname()}.99999999.x`);
  await mkdir(left);
  await make(left);
  await folders.use(make);
  expect(await readdir(root)).toEqual([basename(left)]);
  await openWorkFolders(root, log);
  expect(await readdir(root)).toEqual([]);
});

test('of too many files none is left (PROCESS_LIMIT); as many as are allowed are taken', async () => {
  const folder = await testFolder('many');
  for (const name of ['one', 'two', 'three']) await writeFile(join(folder, name), '');
  expect(await takeFolder(folder, null, { most: 3 })).toBe(null);
  await writeFile(join(folder, 'four'), '');
  await expect(takeFolder(folder, null, { most: 3 })).rejects.toMatchObject({ code: 'PROCESS_LIMIT' });
  expect(await readdir(folder)).toEqual([]);
});

test('removing a work folder follows no link', async () => {
  const home = await testFolder('links');
  const folders = await openWorkFolders(join(home, 'work'), log);
  await writeFile(join(home, 'kept'), 'x');
  await folders.use(async (folder) => {
    await symlink(home, join(folder, 'link'));
    await link(join(home, 'kept'), join(folder, 'second'));
  });
  expect((await readdir(home)).sort()).toEqual(['kept', 'work']);
});

test.runIf(isRoot)(
  'of an ordinary user: what is closed to itself is removed, and what it cannot remove costs no job and no start',
  async () => {
    const home = await testFolder('left-user');
    const root = join(home, 'work');
    const ofRoot = `${hostname()}.99999999.x`;
    await mkdir(join(root, ofRoot, 'ours'), { recursive: true });
    await chmod(home, 0o711);
    await chown(root, 12_345, 12_345);
    expect(asOrdinaryUser('test/fixtures/leave-closed-folder.ts', [root])).toEqual({
      given: 'done',
      left: expect.arrayContaining([ofRoot, 'its own']),
    });
  },
);
