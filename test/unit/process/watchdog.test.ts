import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { alive, gone } from '../../support/alive.ts';
import { runBash } from '../../support/run-bash.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelmill-watchdog-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** How long a call took, s, and what it rejected with. */
async function timed(running: Promise<unknown>): Promise<{ seconds: number; error: unknown }> {
  const since = performance.now();
  const error = await running.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return { seconds: (performance.now() - since) / 1_000, error };
}

test.concurrent('the error tells which bound was broken, for what, and how far it came', async () => {
  const reached = () => ({ words: 'after 48 frames, at 9.9 s of the source', facts: { frames: 48 } });
  const { error } = await timed(
    runBash('echo begun; exec sleep 60', { stallTimeoutMs: 400, sign: 'frame', boundFor: '64x36', reached }),
  );
  expect(error).toMatchObject({
    code: 'PROCESS_STALLED',
    detail: 'bash made no new frame for 0.4 s (the bound for 64x36), after 48 frames, at 9.9 s of the source',
    facts: { tool: 'bash', bound: 'frame', boundSeconds: 0.4, frames: 48, ranSeconds: expect.any(Number) },
  });
});

test.concurrent('before its first sign a process has a bound of its own', async () => {
  const bounds = { stallTimeoutMs: 300, firstTimeoutMs: 1_500, sign: 'frame' };
  await expect(runBash('sleep 0.8; echo frame', bounds)).resolves.toMatchObject({ stdout: 'frame\n' });
  const { error } = await timed(runBash('exec sleep 60', bounds));
  expect(error).toMatchObject({ code: 'PROCESS_STALLED', detail: 'bash made no frame in its first 1.5 s' });
});

test.concurrent('a process that goes on for ever, and shows it, ends at its wall bound', async () => {
  const { error, seconds } = await timed(
    runBash('while true; do echo frame; sleep 0.05; done', { stallTimeoutMs: 400, wallTimeoutMs: 1_000 }),
  );
  expect(error).toMatchObject({
    code: 'PROCESS_TIMEOUT',
    detail: 'bash ran longer than 1.0 s',
    facts: { bound: 'wall', boundSeconds: 1 },
  });
  expect(seconds).toBeLessThan(3);
});

test.concurrent('complaints on standard error are no progress, for ever and without an end of line', async () => {
  for (const script of [
    'while true; do echo damaged >&2; sleep 0.02; done',
    'while true; do printf x >&2; sleep 0.02; done',
  ]) {
    const { error, seconds } = await timed(runBash(script, { stallTimeoutMs: 500 }));
    expect(error).toMatchObject({ code: 'PROCESS_STALLED' });
    expect(seconds).toBeLessThan(3);
  }
});

test.concurrent('what a silent tool writes is its progress: one file that grows', async () => {
  const path = join(folder, 'grows');
  const measure = async () => (await stat(path)).size;
  const writing = (times: number) => `for i in {1..${times}}; do echo x >>${path}; sleep 0.2; done; exec sleep 60`;
  const { error, seconds } = await timed(runBash(writing(8), { stallTimeoutMs: 600, measure }));
  expect(error).toMatchObject({ code: 'PROCESS_STALLED' });
  expect(seconds).toBeGreaterThan(1.9);
});

test.concurrent.each([
  ['of its group', 'sleep 60 & echo $!; exit 0'],
  ['that has left its group', 'setsid sleep 60 & echo $!; exit 0'],
  ['that goes on talking', 'setsid bash -c "while true; do echo; sleep 0.1; done" & echo $!; exit 0'],
])('a leader that ends is over, though a child %s holds its pipes open', async (_, script) => {
  const lines: string[] = [];
  const { error, seconds } = await timed(
    runBash(script, { onStdoutLine: (line) => lines.push(line), wallTimeoutMs: 20_000 }),
  );
  const [pid] = lines.map(Number);
  if (pid && script.includes('setsid') && alive(pid)) process.kill(pid, 'SIGKILL'); // ours no more: a sandbox holds such ones
  expect(error).toBeNull();
  expect(seconds).toBeLessThan(5);
  expect(await gone(pid ?? 0)).toBe(true);
});

test.concurrent('what the leader has said in the end is read, though a child holds the pipe open', async () => {
  const { stdout } = await runBash('setsid sleep 3 & for i in {1..4000}; do echo "line $i"; done');
  expect(stdout.split('\n').length).toBe(4_001);
});

test('while this process stands still itself, nothing is held against the tool', async () => {
  let told = 0;
  const running = runBash('for i in {1..20}; do echo frame; sleep 0.1; done', {
    stallTimeoutMs: 600,
    onStdoutLine: () => {
      told += 1;
      if (told === 3) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_200);
    },
  });
  await expect(running).resolves.toBeDefined();
  expect(told).toBe(20);
});
