import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { link, lstat, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Sandbox } from '../../../src/process/sandbox.ts';
import { testFolder } from '../../support/folder.ts';
import { asOrdinaryUser, inside, isGone, isRoot, withWords } from '../../support/inside.ts';
import { sandboxAt } from '../../support/sandbox.ts';

const sandboxes = await Promise.all((['bwrap', 'uid', 'limits', 'none'] as const).map(sandboxAt));
/** What this machine gives, each level once. */
const given = [...new Map(sandboxes.map((sandbox) => [sandbox.level, sandbox])).values()];
/** A tool is somebody else, or sees nothing else. */
const isApart = ({ level }: Sandbox) => level === 'bwrap' || level === 'uid';
const atHome = async (sandbox: Sandbox) => inside(sandbox, await testFolder('levels'));

describe.each(given)('at level $level', (sandbox) => {
  test('a program reads its source and writes its folder; what it made is ours, with plain modes', async () => {
    const { bash, folder } = await atHome(sandbox);
    await mkdir(join(folder, 'ours'));
    await writeFile(join(folder, 'ours/table'), 'a table', { mode: 0o600 });
    await bash('cp "$1" "$2/copy" && cp "$2/ours/table" "$2/ours/new" && mkdir "$2/deep" && echo x > "$2/deep/file"');
    await bash('cat "$1" >> "$2/copy"; chmod 7111 "$2/copy"; chmod 0 "$2/deep/file" "$2/deep"');
    expect(await readFile(join(folder, 'copy'), 'utf8')).toBe('the sourcethe source');
    expect(await readFile(join(folder, 'ours/new'), 'utf8')).toBe('a table');
    const facts = async (path: string) => {
      const { uid, gid, mode } = await stat(join(folder, path));
      return { uid, gid, mode: (mode & 0o7777).toString(8) };
    };
    const us = { uid: process.getuid?.(), gid: process.getgid?.() };
    expect(await facts('.')).toEqual({ ...us, mode: '700' });
    expect(await facts('copy')).toEqual({ ...us, mode: '600' });
    expect(await facts('deep')).toEqual({ ...us, mode: '700' });
    expect(await facts('deep/file')).toEqual({ ...us, mode: '600' });
  });

  test('it is given nothing of our environment', async () => {
    process.env.SECRET_OF_OURS = 'hunter2';
    const { bash, folder } = await atHome(sandbox);
    const { stdout } = await bash('env; cat /proc/$PPID/environ 2>/dev/null; cd && pwd && touch "$TMPDIR/here"');
    expect(stdout).not.toContain('SECRET_OF_OURS');
    expect(existsSync(join(folder, 'here'))).toBe(true);
  });

  test.each([
    ['a link to a file of the system', 'ln -s /etc/passwd "$2/out.mp4"'],
    ['a link to a folder', 'mkdir "$2/deep" && ln -s / "$2/deep/out.mp4"'],
    ['a FIFO', 'mkfifo "$2/out.mp4"'],
  ])('%s that it leaves is removed, and the program has failed', async (_what, script) => {
    const { bash, folder } = await atHome(sandbox);
    await expect(bash(script)).rejects.toMatchObject({
      code: 'PROCESS_FAILED',
      detail: expect.stringMatching(/left what is no file: out\.mp4$/),
    });
    await expect(lstat(join(folder, 'out.mp4'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(lstat(join(folder, 'deep/out.mp4'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('a second name of a stored file stays as it is, and is taken out of the folder', async () => {
    const { bash, folder, other } = await atHome(sandbox);
    await link(other, join(folder, 'out.mp4'));
    const before = await stat(other);
    const script = isApart(sandbox) ? '! echo changed >> "$2/out.mp4"' : 'true';
    await expect(bash(script)).rejects.toMatchObject({ code: 'PROCESS_FAILED' });
    const { uid, mode, size } = await stat(other);
    expect({ uid, mode, size }).toEqual({ uid: before.uid, mode: before.mode, size: before.size });
    expect(existsSync(join(folder, 'out.mp4'))).toBe(false);
  });

  test('a stopped program and its children end with an abort', async () => {
    const { bash } = await atHome(sandbox);
    const seconds = `62.${process.pid}`;
    const abort = new AbortController();
    const running = bash(`sleep ${seconds} & echo here; kill -STOP $! $$`, {
      signal: abort.signal,
      killAfterMs: 300,
      onStdoutLine: () => abort.abort(new Error('cancelled')),
    });
    await expect(running).rejects.toThrow('cancelled');
    expect(await isGone(seconds)).toBe(true);
  });

  test('a source or a program that is not there has its own error', async () => {
    const { bash, run, source } = await atHome(sandbox);
    await expect(run('/nowhere/ffmpeg', [])).rejects.toMatchObject({ code: 'TOOL_UNAVAILABLE' });
    await rm(source);
    await expect(bash('true')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe.each(given.filter(({ level }) => level !== 'none'))('limits at level $level', (sandbox) => {
  test('no program gains rights', async () => {
    const { bash } = await atHome(sandbox);
    const { stdout } = await bash('grep -E "NoNewPrivs|CapEff" /proc/self/status');
    expect(stdout).toContain('NoNewPrivs:\t1');
    if (isApart(sandbox)) expect(stdout).toMatch(/CapEff:\t0{16}/);
  });

  test.each([
    ['memory', 'head -c 300000000 /dev/zero | tail -c 300000000 | wc -c', { memoryBytes: 2 ** 26 }],
    ['CPU time', 'while :; do :; done', { cpuSeconds: 1 }],
    ['a file', 'head -c 3000000 /dev/zero > "$2/big"', { fileBytes: 2 ** 20 }],
    ['open files', 'for i in {1..40}; do exec {file}< "$1" || exit 1; done', { openFiles: 32 }],
  ])('%s is limited (PROCESS_LIMIT)', async (_what, script, limits) => {
    const { bash, folder } = await atHome(sandbox);
    const running = bash(`set -o pipefail; ${script}`, { limits });
    await expect(running).rejects.toMatchObject({ code: 'PROCESS_LIMIT', permanent: false });
    const big = await lstat(join(folder, 'big')).catch(() => null);
    expect(big?.size ?? 0).toBeLessThanOrEqual(2 ** 20);
  });
});

describe.each(given.filter(isApart))('apart from us at level $level', (sandbox) => {
  test('other videos, run.json and secrets of ours are closed', async () => {
    process.env.SECRET_OF_OURS = 'hunter2';
    const { bash, home } = await atHome(sandbox);
    const { stdout } = await bash(`
      cat "$3" "$4" 2>/dev/null; ls "${home}/storage" 2>/dev/null | grep -v source.bin
      for entry in /proc/[0-9]*; do cat "$entry/environ" 2>/dev/null | tr '\\0' '\\n' | grep SECRET_OF_OURS; done
      touch "${home}/x" "${home}/storage/x" 2>/dev/null && echo written
      ln "$3" "$2/linked" 2>/dev/null && echo linked
      kill -9 ${process.pid} 2>/dev/null && echo killed; true`);
    expect(stdout).toBe('');
  });

  test('processes are limited (PROCESS_LIMIT), and those of others do not count', async () => {
    const { bash } = await atHome(sandbox);
    const many = `exec sh -c 'for i in ${Array(60).fill(1).join(' ')}; do sleep 0.2 & done; wait'`;
    await expect(bash(many, { limits: { processes: 20 } })).rejects.toMatchObject({ code: 'PROCESS_LIMIT' });
    await bash(many, { limits: { processes: 70 } });
  });
});

test.runIf(isRoot)('a user of its own: two jobs at once have two, and what one leaves running ends', async () => {
  const sandbox = await sandboxAt('uid');
  const [one, two] = [await inside(sandbox, await testFolder('one')), await inside(sandbox, await testFolder('two'))];
  const seconds = `63.${process.pid}`;
  const script = `setsid -f sleep ${seconds} < /dev/null > /dev/null 2>&1; sleep 0.3; id -u; id -G`;
  const users = (await Promise.all([one.bash(script), two.bash(script)])).map(({ stdout }) => stdout.split('\n'));
  expect(users[0]?.[0]).not.toBe(users[1]?.[0]);
  for (const [user] of users) expect(Number(user)).toBeGreaterThan(60_578);
  expect(await isGone(seconds)).toBe(true);
});

test('kill -9 of our process ends the program at every level', async () => {
  const seconds = `64.${process.pid}`;
  const levels = given.map(({ level }) => level);
  const parent = spawn(process.execPath, ['--import', 'tsx', 'test/fixtures/inside-for-ever.ts', seconds, ...levels], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void parent.kill('SIGKILL'));
  let said = '';
  for await (const chunk of parent.stdout) {
    said += String(chunk);
    if (said.split('started').length > levels.length) break;
  }
  const running = async () => (await withWords(`sleep\0${seconds}`)).length;
  await expect.poll(running, { timeout: 10_000 }).toBeGreaterThanOrEqual(levels.length);
  parent.kill('SIGKILL');
  expect(await isGone(`sleep\0${seconds}`)).toBe(true);
  await rm(said.split('\n')[0] ?? '', { recursive: true });
});

test.runIf(isRoot)('an ordinary user has limits, and says what is not held', () => {
  expect(asOrdinaryUser('test/fixtures/inside-as-user.ts', ['uid'])).toMatchObject({
    level: 'limits',
    stdout: expect.arrayContaining(['copied', 'NoNewPrivs:\t1']),
    made: { text: 'the source', uid: 12_345 },
  });
});
