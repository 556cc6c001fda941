import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { loginLinks } from '../../src/local/login-links.ts';
import { createLog } from '../../src/log.ts';
import { openPage, withBrowser } from '../support/browser.ts';
import { ffmpeg } from '../support/clips.ts';
import { testFolder } from '../support/folder.ts';
import { chooseQuality, chooseSoundByKeys, heardTone, player, playFor, seekTo } from '../support/player.ts';
import { startUp, type Up } from '../support/up.ts';

/** Long enough for all of this on a busy machine: where a film has ended, there is nothing to be heard. */
const seconds = 24;
/** What a sound is called, and its tone, Hz. */
const deutsch = ['Deutsch', 440] as const;
const francais = ['Français', 880] as const;
const tone = ([, frequency]: readonly [string, number]) => [
  ...['-f', 'lavfi', '-i', `sine=frequency=${frequency}:sample_rate=48000:duration=${seconds}`],
];

const languages = [
  ...['-c:a', 'aac', '-metadata:s:a:0', 'language=deu', '-metadata:s:a:1', 'language=fra'],
  ...['-disposition:a:0', 'default', '-disposition:a:1', '0'],
];
/** Of 5.1 the report has something to say; two sizes of picture go with two bitrates of sound. */
const film = [
  ...['-f', 'lavfi', '-i', `testsrc2=size=640x360:rate=5:duration=${seconds}`, ...tone(deutsch), ...tone(francais)],
  ...['-map', '0', '-map', '1', '-map', '2', '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'],
  ...['-ac:a:0', '6', ...languages],
];
const song = [...tone(deutsch), ...tone(francais), '-map', '0', '-map', '1', ...languages];

test('languages are chosen in the player, and sound alone is published, told of and played', async () => {
  const folder = await testFolder('sounds');
  const [filmPath, songPath] = [join(folder, 'film.mp4'), join(folder, 'song.m4a')];
  await ffmpeg([...film, filmPath]);
  await ffmpeg([...song, songPath]);

  const up = await startUp('sounds', { AUDIO_ONLY: 'publish' });
  const results = await up.ingest(filmPath, songPath);
  expect(results).toMatchObject([
    { status: 'ready', warnings: [{ code: 'downmixed' }] },
    { status: 'ready', warnings: [{ code: 'audio_only' }], poster: null, error: null },
  ]);
  const [filmId, songId] = results.map(({ video_id }) => String(video_id));

  const { body } = await up.call('GET', `/api/v1/videos/${songId}`);
  expect(body).toMatchObject({ playable: true, width: null, height: null });
  expect(body.duration_seconds).toBeCloseTo(seconds, 1);
  expect(body).toMatchObject({ codec: 'aac', poster_url: null, thumbnails_url: null, hls_url: expect.any(String) });
  const { body: status } = await up.call('GET', `/api/v1/videos/${songId}/status`);
  expect(status.pipeline_progress).toMatchObject({
    ...{ transcode: { completed: 0, total: 0, percent: 100 }, thumbnails: 'skipped', package: 'completed' },
  });
  await told(up, String(filmId));
  const { stdout } = await up.reelmill('status', String(songId));
  expect(stdout).toMatch(/^ {2}Warning audio_only: \S/m);
  expect(stdout).not.toMatch(/null|Poster/);

  const paths = [`/watch/${filmId}`, `/watch/${songId}`];
  const links = await loginLinks(up.run, paths, createLog({ level: 'silent', name: 'test' }));
  await withBrowser(async (browser) => {
    const { page, complaints } = await openPage(browser);
    await page.goto(links[0] ?? '');
    await loaded(page, 'hls');
    expect(await page.textContent('#warnings li')).toMatch(/Mixed down to stereo.*downmixed/);
    await playFor(page, 0.2);
    await hears(page, deutsch);
    await chooseSoundByKeys(page, 1);
    await hears(page, francais);
    await chooseQuality(page, 240); // with it the other bitrate of sound
    await playFor(page, 0.3);
    await hears(page, francais);
    await screenshot(page, 'film');

    await use(page, 'dash');
    await playFor(page, 0.2);
    await hears(page, francais);
    await chooseSoundByKeys(page, 0);
    await hears(page, deutsch);
    await chooseQuality(page, 240);
    await seekTo(page, 2);
    await playFor(page, 0.3);
    await hears(page, deutsch);
    await chooseSoundByKeys(page, 1);
    await use(page, 'hls');
    await playFor(page, 0.2);
    await hears(page, francais);

    await page.goto(links[1] ?? '');
    for (const engine of ['hls', 'dash']) {
      await use(page, engine);
      await playFor(page, 0.5);
      await hears(page, engine === 'hls' ? deutsch : francais);
      await chooseSoundByKeys(page, engine === 'hls' ? 1 : 0);
      await hears(page, engine === 'hls' ? francais : deutsch);
      await seekTo(page, 6);
      await playFor(page, 0.5);
      expect(await player(page)).toMatchObject({ engine, errors: 0, mediaError: null, height: 0, seconds });
      await screenshot(page, `alone-${engine}`);
    }
    expect(await page.locator('#cover').isVisible()).toBe(true);
    for (const id of ['#quality-button', 'media-fullscreen-button', 'video']) {
      expect(await page.locator(id).isVisible(), id).toBe(false);
    }
    expect(await page.textContent('#warnings li')).toMatch(/no moving picture.*audio_only/);
    expect(complaints).toEqual([]);
  });
});

const renditions = z.array(
  z.object({ name: z.string(), average_bitrate_kbps: z.number(), peak_bitrate_kbps: z.number() }),
);
const tracks = z.array(
  z.object({ language: z.string(), renditions: z.array(renditions.element.omit({ peak_bitrate_kbps: true })) }),
);

/** The API tells the rates of pictures and sounds from its rows: they are what the packager has counted, to a twentieth. */
async function told(up: Up, videoId: string): Promise<void> {
  const path = `/api/v1/videos/${videoId}`;
  const pictures = renditions.parse((await up.call('GET', `${path}/renditions`)).body.renditions);
  const sounds = tracks.parse((await up.call('GET', `${path}/tracks`)).body.tracks);
  expect(sounds.map(({ language }) => language)).toEqual(['de', 'fr']);
  const master = await (await fetch(String((await up.call('GET', path)).body.hls_url))).text();
  const variants = [...master.matchAll(/:BANDWIDTH=(\d+),AVERAGE-BANDWIDTH=(\d+),.*AUDIO="(\w+)".*\n(\S+)\/playlist/g)];
  expect(variants.map(([, , , , name]) => name).sort()).toEqual(pictures.map(({ name }) => name).sort());
  for (const [, peak, average, group, name] of variants) {
    const picture = pictures.find((rendition) => rendition.name === name) ?? expect.fail(name);
    // Of a group the languages begin with the same name.
    const heard = sounds.flatMap((track) =>
      track.renditions.filter((sound) => sound.name.startsWith(`audio/${group}`)),
    );
    const sound = Math.max(...heard.map(({ average_bitrate_kbps }) => average_bitrate_kbps));
    expect((1_000 * (picture.average_bitrate_kbps + sound)) / Number(average)).toBeCloseTo(1, 1);
    expect((1_000 * (picture.peak_bitrate_kbps + sound)) / Number(peak)).toBeCloseTo(1, 1);
  }
}

async function use(page: Page, engine: string) {
  await page.click(`button[data-engine=${engine}]`);
  await loaded(page, engine);
}

const loaded = (page: Page, engine: string) => page.waitForSelector(`#watch[data-loaded=${engine}]`);

/** The page says that this sound plays, and its tone is in the air (one bin of the analyser is 6 Hz). */
async function hears(page: Page, [name, frequency]: readonly [string, number]) {
  expect((await player(page)).sound).toBe(name);
  const distance = async () => Math.abs((await heardTone(page)) - frequency);
  await expect.poll(distance, { timeout: 10_000, interval: 100 }).toBeLessThan(10);
}

/** To be looked at by whoever sets REELMILL_TEST_SCREENSHOTS to a folder. */
async function screenshot(page: Page, name: string) {
  const folder = process.env.REELMILL_TEST_SCREENSHOTS;
  if (folder) await page.screenshot({ path: join(folder, `sounds-${name}.png`) });
}
