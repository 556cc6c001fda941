import { existsSync, symlinkSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeClip } from '../support/clips.ts';
import { testFolder } from '../support/folder.ts';
import { jsonLines, type Started, startReelmill } from '../support/reelmill.ts';

const script = join(import.meta.dirname, '../../scripts/quickstart.mjs');
const quickstart = (args: string[], environment: NodeJS.ProcessEnv): Started =>
  startReelmill([...args, '--json'], { API_PORT: '0', ...environment }, { script });

/** Master playlist, one media playlist of it, and whether every file that they name lies there. */
async function playsFrom(folder: string): Promise<void> {
  const master = await readFile(join(folder, 'manifest.m3u8'), 'utf8');
  const playlists = master.split('\n').filter((line) => line.endsWith('.m3u8'));
  expect(playlists.length).toBeGreaterThan(0);
  for (const playlist of playlists) {
    const text = await readFile(join(folder, playlist), 'utf8');
    const init = /#EXT-X-MAP:URI="([^"]+)"/.exec(text)?.[1] ?? 'no init';
    const files = text.split('\n').filter((line) => line && !line.startsWith('#'));
    expect(text).toContain('#EXT-X-ENDLIST');
    for (const file of [init, ...files]) expect(existsSync(join(folder, playlist, '..', file)), file).toBe(true);
  }
  expect(await readFile(join(folder, 'manifest.mpd'), 'utf8')).toContain('type="static"');
}

test('on a machine with nothing but Node the sample becomes a video that plays', async () => {
  const folder = await testFolder('quickstart');
  await mkdir(join(folder, 'bin'));
  symlinkSync(process.execPath, join(folder, 'bin/node'));
  const { code, stdout, stderr } = await quickstart(['--exit'], {
    PATH: join(folder, 'bin'),
    REELMILL_HOME: join(folder, 'home'),
  }).finished;

  expect(stderr).toContain('no redis-server: the queue is kept in Postgres (local mode only)');
  expect(stderr).toContain('no ffmpeg on PATH: the build from npm is used');
  // its API has gone when it ends: no link of it is worth anything
  expect(stderr).toContain(`  Outputs ${join(folder, 'home/storage')}\n`);
  // The one-time links would be dead; the addresses come back with the next start.
  expect(stderr).not.toContain('/login');
  expect(stderr).toMatch(/Player +http:\/\/127\.0\.0\.1:\d+\/watch\/vid_/);
  const results = jsonLines(stdout);
  expect(results).toHaveLength(1);
  expect(results[0]).toMatchObject({ file: join(folder, 'home/samples/sample.mp4'), status: 'ready', error: null });
  expect(results[0]?.duration).toBeCloseTo(20, 1);
  await playsFrom(String(results[0]?.folder));
  expect(code).toBe(0);
});

test('with what this machine has, files are taken as they are given, and a bad one fails with its reason', async () => {
  const home = join(await testFolder('quickstart'), 'home');
  const clip = await makeClip({ name: 'quickstart', seconds: 5 });
  const notMedia = join(import.meta.dirname, '../../package.json');
  const running = quickstart([clip, notMedia], { REELMILL_HOME: home });
  await running.until(() => running.errors().includes('Ctrl-C stops everything'));
  const [, link] =
    /Player +(http:\/\/127\.0\.0\.1:\d+\/login\?token=\S+&next=%2Fwatch%2Fvid_\S+)/.exec(running.errors()) ?? [];
  const { status, headers } = await fetch(link ?? 'no link', { redirect: 'manual' });
  expect(headers.get('location')).toMatch(/^\/watch\/vid_/);
  expect(status).toBe(303);
  running.process.kill('SIGINT');
  const { code, stdout } = await running.finished;

  const [good, bad] = jsonLines(stdout);
  expect(Object.keys(good ?? {})).toEqual([
    'file',
    'video_id',
    'status',
    'error',
    'warnings',
    'duration',
    'hls',
    'dash',
    'poster',
    'folder',
  ]);
  expect(good).toMatchObject({ file: clip, status: 'ready', error: null });
  await playsFrom(String(good?.folder));
  const reason = { code: 'INPUT_NOT_MEDIA', detail: expect.any(String), hint: expect.any(String) };
  expect(bad).toMatchObject({ file: notMedia, status: 'failed', error: reason, hls: null });
  expect(code).toBe(1);
});
