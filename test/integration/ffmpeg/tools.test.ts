import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findTools } from '../../../src/ffmpeg/find-tools.ts';
import { inputArgs } from '../../../src/ffmpeg/input-args.ts';
import { createFfmpeg, type FfmpegTools } from '../../../src/ffmpeg/run-ffmpeg.ts';
import { createLog } from '../../../src/log.ts';
import { makeClip, oldTools, testTools } from '../../support/clips.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelmill-tools-'));
});
afterAll(() => rm(folder, { recursive: true }));

const signal = new AbortController().signal;
const log = createLog({ level: 'silent', name: 'test' });
const ffmpegOf = (tools: FfmpegTools, stallTimeoutMs = 30_000) => createFfmpeg({ tools, log, stallTimeoutMs });

test('the packaged build is known by what it can do', async () => {
  const tools = await oldTools();
  expect(tools.ffmpeg.version).toMatch(/^N-\d+-.*\(2018\)$/);
  expect(tools).toMatchObject({ fpsModeOption: '-vsync', statsPeriod: false, ffmpeg: { from: 'setting' } });
});

test('a setting that names no ffmpeg is refused by its name', async () => {
  await expect(findTools({ ffmpegPath: '/nowhere/ffmpeg' })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    detail: 'FFMPEG_PATH does not name a working ffmpeg',
  });
  await expect(findTools({ ffprobePath: '/bin/echo' })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    detail: 'FFPROBE_PATH does not name a working ffprobe',
  });
});

test('every build tells frames and seconds as it goes', async () => {
  const path = await makeClip({ seconds: 4 });
  for (const tools of [await testTools(), await oldTools()]) {
    const [frames, seconds]: [number[], number[]] = [[], []];
    await ffmpegOf(tools).run([...inputArgs({ path, demuxer: 'mov' }), '-f', 'null', '-'], {
      signal,
      onFrame: (frame) => frames.push(frame),
      onSeconds: (second) => seconds.push(second),
    });
    expect(frames.at(-1)).toBe(100);
    expect(seconds.at(-1)).toBeCloseTo(4, 1);
  }
});

test('PROCESS_STALLED: an ffmpeg that stands still is ended, whatever it says', async () => {
  const frozen = join(folder, 'ffmpeg');
  await writeFile(
    frozen,
    '#!/bin/bash\ntrap "" TERM\nwhile true; do echo frame=7; echo progress=continue; sleep 0.05; done\n',
  );
  await chmod(frozen, 0o755);
  const tools = await testTools();
  const stuck = ffmpegOf({ ...tools, ffmpeg: { ...tools.ffmpeg, path: frozen } }, 400);
  await expect(stuck.run([], { signal })).rejects.toMatchObject({ code: 'PROCESS_STALLED' });
});
