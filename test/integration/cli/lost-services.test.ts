import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createApiClient, videoAnswer } from '../../../src/cli/api-client.ts';
import { exitCodeOf } from '../../../src/cli/file-result.ts';
import { ingestFiles } from '../../../src/cli/ingest-files.ts';
import { createPatience } from '../../../src/cli/patience.ts';
import { uploadFile } from '../../../src/cli/upload-file.ts';
import { type RunFile, readRunFile } from '../../../src/local/run-file.ts';
import { makeClip } from '../../support/clips.ts';
import { testFolder } from '../../support/folder.ts';
import { postmasterOf, processesOf } from '../../support/home-processes.ts';
import { jsonLines, startReelmill } from '../../support/reelmill.ts';
import { tinyVideo } from '../../support/tiny-video.ts';

test('uploads and waits outlive a killed API and Postgres; where all stays away, every file has its line', async () => {
  const folder = await testFolder('lost');
  const home = join(folder, 'home');
  const environment = { REELMILL_HOME: home, API_PORT: '0', LOG_LEVEL: 'warn' };
  const up = startReelmill(['up', '--json'], environment);
  const run = await up.until((stdout) => stdout.includes('\n') && (jsonLines(stdout)[0] as unknown as RunFile));
  const api = createApiClient({ url: run.api_url, key: run.api_key });
  const apiPid = async () => (await readRunFile(join(home, 'run.json')))?.pids.api ?? Number.NaN;
  const killApi = async () => process.kill(await apiPid(), 'SIGKILL');
  const killPostgres = async () => process.kill(await postmasterOf(home), 'SIGKILL');
  const clip = await makeClip({ seconds: 4, size: '320x180', name: 'lost' });

  // an upload of six parts, its API killed when the first has arrived
  const large = join(folder, 'large.mp4');
  const film = Buffer.alloc(90 * 2 ** 20, 'x');
  film.set(tinyVideo(''));
  await writeFile(large, film);
  const killed: Promise<boolean>[] = [];
  const waits: string[] = [];
  const videoId = await uploadFile(
    api,
    large,
    () => {
      if (killed.length === 0) killed.push(killApi());
    },
    { patience: createPatience({ onWait: (words) => void waits.push(words) }) },
  );
  expect(await Promise.all(killed)).toEqual([true]);
  expect(waits.length).toBeGreaterThan(0);
  expect(await api.call('GET', `/api/v1/videos/${videoId}`, videoAnswer)).not.toMatchObject({
    status: 'awaiting_upload',
  });

  // Postgres, then the API, killed while a video is followed
  const ingest = startReelmill(['ingest', clip, '--wait', '--json'], environment);
  await expect.poll(() => ingest.errors(), { timeout: 20_000, interval: 10 }).toContain('uploaded as');
  await killPostgres();
  await killApi();
  const said = { timeout: 20_000, interval: 10 };
  await expect
    .poll(() => ingest.errors(), said)
    .toMatch(/the API (at .* does not answer|answers 5\d\d: .*); trying again for 60 s/);
  const { code, stdout } = await ingest.finished;
  expect(jsonLines(stdout)).toEqual([expect.objectContaining({ file: clip, status: 'ready', error: null })]);
  expect(code).toBe(0);

  // stopped for good while two are followed and a third is still to be sent
  const lastApi = await apiPid();
  let sent = 0;
  const results = await ingestFiles({ api, storageRoot: null }, [clip, clip, large], {
    wait: true,
    patience: createPatience({ ms: 1_000 }),
    onResult: () => undefined,
    line: {
      live: false,
      show: () => undefined,
      print: (words) => {
        if (!words.includes('uploaded as')) return;
        sent += 1;
        if (sent !== 2) return;
        up.process.kill('SIGKILL');
        process.kill(lastApi, 'SIGKILL');
      },
    },
  });
  const lost = expect.objectContaining({
    code: 'SERVICE_UNAVAILABLE',
    operator_hint: expect.stringContaining('reelmill doctor'),
  });
  expect(results.map(({ error }) => error)).toEqual([lost, lost, lost]);
  expect(results[2]).toMatchObject({ file: large, video_id: null, status: 'awaiting_upload' });
  expect(results[0]).toMatchObject({ file: clip, video_id: expect.stringMatching(/^vid_/), hls: null });
  expect(exitCodeOf(results)).toBe(4);
  await expect.poll(() => processesOf(home), { timeout: 20_000 }).toEqual([]);
});
