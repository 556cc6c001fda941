// needs: bwrap
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inputArgs } from '../../../src/ffmpeg/input-args.ts';
import { packetsArgs } from '../../../src/ffmpeg/probe-args.ts';
import { createFfmpeg, type Ffmpeg } from '../../../src/ffmpeg/run-ffmpeg.ts';
import { createLog } from '../../../src/log.ts';
import type { Effort } from '../../../src/plan/effort.ts';
import { openSandbox } from '../../../src/process/open-sandbox.ts';
import { builds, makeClip, ffmpeg as makeFile, testTools } from '../../support/clips.ts';
import { testFolder } from '../../support/folder.ts';
import { firstBelow, processesBelow } from '../../support/processes-below.ts';

const log = createLog({ level: 'silent', name: 'test' });
const signal = new AbortController().signal;
const stallTimeoutMs = 800;
/** From SIGTERM to SIGKILL, and what a busy machine needs beside. */
const endSeconds = 5 + 20;

let folder: string;
let clip: string;
// Of its own: the sandbox sweeps the folder of its tools of whatever is no file.
const pipe = join(await testFolder('watchdog-pipe', afterAll), 'pipe');
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelmill-watchdog-'));
  clip = await makeClip({ seconds: 20, size: '64x36' });
  execFileSync('mkfifo', [pipe]); // nobody writes: who opens it waits for ever
});
afterAll(() => rm(folder, { recursive: true }));

/** Small work in pictures of this size. */
const frames: Effort = { of: '64x36', sign: 'frame', cpuSeconds: 60, cpuSecondsToFirst: 0, cpuSecondsBetween: 0 };

async function fails(running: Promise<unknown>) {
  const since = performance.now();
  const error = await running.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return { error, seconds: (performance.now() - since) / 1_000 };
}

/** Encodes as slowly as it plays, and is stopped in the middle. */
async function stopInTheMiddle(ffmpeg: Ffmpeg, name: string) {
  const output = join(folder, `${name}.mp4`);
  let reachedFrames = 0;
  const args = ['-re', ...inputArgs({ path: clip, demuxer: 'mov' }), '-c:v', 'libx264', '-f', 'mp4', output];
  const running = fails(
    ffmpeg.run(args, {
      signal,
      effort: frames,
      where: (reached) => `at ${(reached.frames / 25).toFixed(1)} s of the source`,
      onFrame: (frame) => {
        reachedFrames = frame;
      },
    }),
  );
  const { pid } = await firstBelow(process.pid, 'ffmpeg', `${name}.mp4`);
  await expect.poll(() => reachedFrames, { timeout: 10_000 }).toBeGreaterThan(10);
  process.kill(pid, 'SIGSTOP');
  return {
    ...(await running),
    left: (await processesBelow(process.pid, 'ffmpeg')).filter((one) => one.command.includes(name)),
  };
}

describe.concurrent.each(builds)('$build', ({ build, tools }) => {
  const ffmpegOf = async () => createFfmpeg({ tools: await tools(), log, stallTimeoutMs });

  test('stopped in mid-encode it is ended, and the error says where it stood', async () => {
    const { error, seconds, left } = await stopInTheMiddle(await ffmpegOf(), build.includes('old') ? 'old' : 'new');
    expect(error).toMatchObject({
      code: 'PROCESS_STALLED',
      detail: expect.stringMatching(
        /^ffmpeg made no new frame for 0\.8 s \(the bound for 64x36\), after \d\d+ frames, at \d\.\d s of the source$/,
      ),
      facts: { bound: 'frame', boundSeconds: 0.8 },
    });
    expect(seconds).toBeLessThan(10 + endSeconds);
    expect(left).toEqual([]);
  });

  test('ffmpeg and ffprobe that wait in open() are ended', async () => {
    const ffmpeg = await ffmpegOf();
    const input = { path: pipe, demuxer: 'mov' };
    const [run, probe] = await Promise.all([
      fails(ffmpeg.run([...inputArgs(input), '-f', 'null', '-'], { signal, effort: frames })),
      fails(ffmpeg.probe(packetsArgs(input, 0), { signal })),
    ]);
    const detail = (words: string) => expect.stringContaining(words);
    expect(run.error).toMatchObject({
      code: 'PROCESS_STALLED',
      detail: detail('ffmpeg made no frame in its first 0.8 s'),
    });
    expect(probe.error).toMatchObject({
      code: 'PROCESS_STALLED',
      detail: detail('ffprobe made no line in its first 0.8 s'),
    });
    expect(Math.max(run.seconds, probe.seconds)).toBeLessThan(1 + endSeconds);
  });
});

test.concurrent('in a sandbox it is ended as well, with all that wraps it', async () => {
  const sandbox = await openSandbox({ mode: 'prefer', log });
  const limits = { memoryBytes: 2 ** 32, cpuSeconds: 60, fileBytes: 2 ** 30, processes: 256, openFiles: 256 };
  const ffmpeg = createFfmpeg({ tools: await testTools(), log, stallTimeoutMs, sandbox });
  const { error, left } = await stopInTheMiddle(ffmpeg.within({ reads: new Set([clip]), folder, limits }), 'confined');
  expect(error).toMatchObject({ code: 'PROCESS_STALLED' });
  expect(left).toEqual([]);
});

test.concurrent('PROCESS_TIMEOUT: a decoder that makes a frame an hour is ended by its wall bound', async () => {
  const ffmpeg = createFfmpeg({ tools: await testTools(), log, stallTimeoutMs: 300 });
  const slow = ['-re', '-f', 'lavfi', '-i', 'testsrc2=size=64x36:rate=1/3600', '-f', 'null', '-'];
  const patient: Effort = { ...frames, cpuSeconds: 0, cpuSecondsToFirst: 100, cpuSecondsBetween: 100 };
  const { error, seconds } = await fails(ffmpeg.run(slow, { signal, effort: patient }));
  expect(error).toMatchObject({
    code: 'PROCESS_TIMEOUT',
    detail: expect.stringMatching(/^ffmpeg ran longer than 1\.5 s \(the bound for 64x36\), after \d frames?/),
  });
  expect(seconds).toBeLessThan(2 + endSeconds);
});

test.concurrent('a decoder that complains for ever, and shows no picture, is ended', async () => {
  const pictures = await makeClip({ seconds: 2, size: '64x36', container: 'mkv', video: ['-c:v', 'png'], audio: null });
  const spoiled = join(folder, 'spoiled.mkv');
  await makeFile(['-i', pictures, '-c', 'copy', '-bsf:v', 'noise=amount=1', spoiled]);
  const ffmpeg = createFfmpeg({ tools: await testTools(), log, stallTimeoutMs });
  const complaints: string[] = [];
  const again = ['-stream_loop', '-1', '-re', ...inputArgs({ path: spoiled, demuxer: 'matroska' })];
  const { error, seconds } = await fails(
    ffmpeg.run([...again, '-c:v', 'libx264', '-f', 'null', '-'], {
      signal,
      effort: frames,
      onLogLine: (line) => complaints.push(line),
    }),
  );
  expect(complaints.length).toBeGreaterThan(20);
  expect(error).toMatchObject({ code: 'PROCESS_STALLED', facts: { bound: 'first frame', frames: 0 } });
  expect(seconds).toBeLessThan(2 + endSeconds);
});
