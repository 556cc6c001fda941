import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { createLog } from '../../../src/log.ts';
import { runProcess } from '../../../src/process/run-process.ts';
import { alive, gone } from '../../support/alive.ts';
import { runBash } from '../../support/run-bash.ts';

test('gives standard output and the end of standard error', async () => {
  const { stdout, stderr } = await runBash('echo one; echo two; for i in {1..9000}; do echo "line $i" >&2; done');
  expect(stdout).toBe('one\ntwo\n');
  expect(stderr.length).toBe(64 * 1024);
  expect(stderr.endsWith('line 9000\n')).toBe(true);
});

test('gives lines as they come, the last one without its end too', async () => {
  const lines: string[] = [];
  const { stdout } = await runBash("printf 'a\\r\\nb\\nc'", { onStdoutLine: (line) => lines.push(line) });
  expect(lines).toEqual(['a', 'b', 'c']);
  expect(stdout).toBe('');
});

test('a failure tells exit code and last words, and no folder of the machine', async () => {
  const failing = runBash('echo "/var/lib/secret folder/clip.mp4: cannot open /home/someone/clip.mp4" >&2; exit 3', {
    cwd: '/tmp',
  });
  await expect(failing).rejects.toMatchObject({
    code: 'PROCESS_FAILED',
    facts: { tool: 'bash', exitCode: 3 },
    detail: expect.stringMatching(/^bash ended with exit code 3: .*cannot open clip\.mp4$/),
  });
  await expect(failing).rejects.not.toMatchObject({ detail: expect.stringContaining('/home') });
});

test.each([
  ['kill -9 $$', 'bash was ended by SIGKILL'],
  ['exit 137', 'bash ended with exit code 137'],
  ['echo "Error while opening encoder: Cannot allocate memory" >&2; exit 1', 'bash ended with exit code 1: Error'],
])('a tool that the system ends for want of memory is PROCESS_KILLED, tried again: %s', async (script, detail) => {
  const error = await runBash(script).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'PROCESS_KILLED', permanent: false, detail: expect.stringContaining(detail) });
  expect(error).toMatchObject({ entry: { operatorFix: expect.stringMatching(/WORKER_MEMORY_BYTES/) } });
});

test('a tool that is not there is TOOL_UNAVAILABLE, tried again, and the file is not blamed', async () => {
  const missing = runProcess('/nowhere/ffmpeg', [], {
    signal: new AbortController().signal,
    log: createLog({ level: 'silent', name: 'test' }),
  });
  const error = { code: 'TOOL_UNAVAILABLE', permanent: false, entry: { retryable: true } };
  await expect(missing).rejects.toMatchObject(error);
  await expect(runBash('exec /nowhere/ffmpeg-real')).rejects.toMatchObject(error);
  await expect(missing).rejects.not.toMatchObject({ entry: { fix: expect.stringMatching(/export/i) } });
});

test('a process without progress is stopped, with all that it started, even where it ignores SIGTERM', async () => {
  const pids: number[] = [];
  const stalled = runBash(`trap '' TERM; sleep 60 & echo $!; echo $$; while true; do echo same; sleep 0.05; done`, {
    stallTimeoutMs: 300,
    progressed: (line) => line !== 'same',
    onStdoutLine: (line) => {
      if (line !== 'same') pids.push(Number(line));
    },
  });
  await expect(stalled).rejects.toMatchObject({ code: 'PROCESS_STALLED' });
  expect(pids).toHaveLength(2);
  for (const pid of pids) expect(await gone(pid)).toBe(true);
});

test('abort ends the group and rejects with the reason of the signal', async () => {
  const stop = new AbortController();
  const pids: number[] = [];
  const running = runBash('sleep 60 & echo $!; wait', {
    signal: stop.signal,
    onStdoutLine: (line) => {
      pids.push(Number(line));
      stop.abort(new Error('cancelled by its user'));
    },
  });
  await expect(running).rejects.toThrow('cancelled by its user');
  expect(await gone(pids[0] ?? 0)).toBe(true);
});

test('nothing is started where the signal is aborted already', async () => {
  await expect(runBash('exit 0', { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
});

test('what a line reader throws ends the process and is rethrown', async () => {
  const running = runBash('echo bad; sleep 60', {
    onStdoutLine: () => {
      throw new Error('unreadable');
    },
  });
  await expect(running).rejects.toThrow('unreadable');
});

test('no listener is left behind', async () => {
  const stop = new AbortController();
  const before = process.listenerCount('exit');
  await runBash('true', { signal: stop.signal });
  expect(process.listenerCount('exit')).toBe(before);
});

test.runIf(process.platform === 'linux')('after kill -9 of ours the process ends too', async () => {
  const modules = new URL('../../../src/', import.meta.url).pathname;
  const script = `
    import { createLog } from '${modules}log.ts';
    import { runProcess } from '${modules}process/run-process.ts';
    await runProcess('bash', ['-c', 'echo $$; exec sleep 60'], {
      signal: new AbortController().signal,
      log: createLog({ level: 'silent', name: 'test' }),
      onStdoutLine: (line) => console.log(line),
    });`;
  const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(parent.stdout, 'data');
  const pid = Number(line);
  expect(alive(pid)).toBe(true);
  parent.kill('SIGKILL');
  expect(await gone(pid)).toBe(true);
});
