// needs: bwrap
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findExecutable } from '../../../src/local/find-executable.ts';
import { readRunFile } from '../../../src/local/run-file.ts';
import { findProgram } from '../../../src/process/find-program.ts';
import { testTools } from '../../support/clips.ts';
import { testFolder } from '../../support/folder.ts';
import { jsonLines, reelmill, startReelmill } from '../../support/reelmill.ts';

test('where the required sandbox goes while all runs, a worker that dies is given up, once, with the reason', async () => {
  const folder = await testFolder('sandbox');
  const bwrap = join(folder, 'bwrap');
  const becomes = (script: string) => writeFile(bwrap, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  await becomes(`exec ${findExecutable(['bwrap'], process.env.PATH)} "$@"`);
  const home = join(folder, 'home');
  const environment = {
    PATH: `${folder}:${process.env.PATH}`,
    REELMILL_HOME: home,
    API_PORT: '0',
    REELMILL_SANDBOX: 'require',
  };
  const up = startReelmill(['up', '--json'], environment);
  const [worker = 0] = await up.until((stdout) => {
    const [run] = jsonLines(stdout.slice(0, stdout.lastIndexOf('\n') + 1));
    return run && (run.pids as { workers: number[] }).workers;
  });

  await becomes('echo "bwrap: No permissions to create new namespace" >&2; exit 1');
  process.kill(worker, 'SIGKILL');
  const givenUp = await up.until((stdout) =>
    jsonLines(stdout.slice(0, stdout.lastIndexOf('\n') + 1)).find(({ event }) => event === 'given_up'),
  );
  expect(givenUp).toMatchObject({
    process: 'worker-1',
    reason: expect.stringMatching(/SANDBOX_UNAVAILABLE: .*No permissions to create new namespace/),
  });
  const run = await readRunFile(join(home, 'run.json'));
  expect(run?.pids.workers).toEqual([]);
  expect((await fetch(`${run?.api_url}/healthz`)).status).toBe(200); // the rest goes on
});

test('doctor ends with 4 where bubblewrap is required and ffmpeg does not start in it, and says the setting', async () => {
  const [folder, elsewhere] = [await testFolder('tool'), await testFolder('elsewhere')];
  const { ffmpeg } = await testTools();
  await symlink((await findProgram(ffmpeg.path)) ?? '', join(elsewhere, 'ffmpeg-real'));
  const FFMPEG_PATH = join(folder, 'ffmpeg');
  await writeFile(FFMPEG_PATH, `#!/bin/sh\nexec ${elsewhere}/ffmpeg-real "$@"\n`, { mode: 0o755 });
  const environment = { PATH: process.env.PATH, REELMILL_HOME: join(folder, 'home'), FFMPEG_PATH };
  const { code, stdout } = await reelmill(['doctor'], { ...environment, REELMILL_SANDBOX: 'require' });
  expect(code).toBe(4);
  expect(stdout).toMatch(
    /✗ sandbox .*\n.*ffmpeg does not start inside bubblewrap: .*\n +fix: .*REELMILL_SANDBOX_READS/,
  );
});
