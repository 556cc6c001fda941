import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseMaster } from '../../src/packaging/parse-m3u8.ts';
import { parseMpd } from '../../src/packaging/parse-mpd.ts';
import { openPage, withBrowser } from '../support/browser.ts';
import { tinyPolicy } from '../support/encode-clip.ts';
import { finishClip, outputsOf, testPackager } from '../support/finish-clip.ts';
import { readPackagedSamples, toneLevel } from '../support/flash-click.ts';
import { createTestContext, type TestContext } from '../support/job-context.ts';
import { makeSoundClip } from '../support/sound-clips.ts';

const tone = (hertz: number, decibels: number) => `sine=frequency=${hertz}:sample_rate=48000,volume=${decibels}dB`;

let context: TestContext;
let runId: string;
beforeAll(async () => {
  context = await createTestContext({ policy: tinyPolicy, packager: testPackager() });
  const clip = await makeSoundClip({
    ...{ extension: 'mkv', seconds: 6 },
    tracks: [
      { codec: ['-c:a', 'aac'], source: tone(400, 0), language: 'eng' },
      { codec: ['-c:a', 'flac'], source: tone(800, -20), language: 'ger', title: 'Stereo, "laut"' },
      { codec: ['-c:a', 'ac3'], source: tone(1_200, 6), language: 'eng', title: 'Commentary' },
      { codec: ['-c:a', 'aac'], source: tone(1_600, -6) },
    ],
  });
  const made = await finishClip(context, clip);
  expect(context.videoState(made.videoId)).toBe('ready');
  runId = made.runId;
});
afterAll(() => context.close());

const tracks = [
  { name: 'English', language: 'en', hertz: 400 },
  { name: 'Deutsch', language: 'de', hertz: 800 },
  { name: 'English (Commentary)', language: 'en', hertz: 1_200 },
  { name: 'Sound', language: null, hertz: 1_600 },
];
const suffixes = ['', '_2', '_3', '_4'];

test('every language is in each group of HLS and has a set of its own in DASH', async () => {
  const { read } = outputsOf(context, runId);
  const master = parseMaster((await read('manifest.m3u8')).toString());
  for (const group of ['aac_128k', 'aac_64k']) {
    const members = master.media.map(({ attributes }) => attributes).filter((item) => item['GROUP-ID'] === group);
    expect(members.map(({ NAME, LANGUAGE, DEFAULT, AUTOSELECT }) => [NAME, LANGUAGE, DEFAULT, AUTOSELECT])).toEqual([
      ['English', 'en', 'YES', 'YES'],
      ['Deutsch', 'de', 'NO', 'YES'],
      ['English (Commentary)', 'en', 'NO', 'NO'],
      ['Sound', undefined, 'NO', 'NO'],
    ]);
  }
  expect(master.variants).toHaveLength(2);

  const { representations } = parseMpd((await read('manifest.mpd')).toString());
  const sounds = representations.filter(({ set }) => set.kind === 'audio');
  expect(sounds.map(({ init, set: { id, language, roles } }) => [init, id, language, roles.join()])).toEqual(
    tracks.flatMap(({ language }, track) =>
      ['aac_128k', 'aac_64k'].map((name) => [
        `audio/${name}${suffixes[track]}/init.mp4`,
        expect.stringMatching(/^\d$/),
        language ?? 'und',
        ['main', 'dub', 'alternate', 'alternate'][track],
      ]),
    ),
  );
  expect(new Set(sounds.map(({ set }) => set.id)).size).toBe(4);
});

test('each language has its own sound, as loud as the others', async () => {
  const heard = await Promise.all(
    suffixes.map((suffix) => readPackagedSamples(context, runId, `audio/aac_128k${suffix}`)),
  );
  const levels = heard.map((samples, track) => 20 * Math.log10(toneLevel(samples, tracks[track]?.hertz ?? 0)));
  for (const level of levels) expect(Math.abs(level - (levels[0] ?? 0))).toBeLessThan(3); // of 26 dB in the source: what is left is how the ear weighs the tones
  expect(levels[0]).toBeGreaterThan(-20);
});

test('hls.js and shaka-player list them, play the default one, and change to another', async () => {
  await withBrowser(async (browser) => {
    for (const engine of ['hls', 'shaka'] as const) {
      const { page, complaints } = await openPage(browser);
      await servePackage(page);
      await page.goto(`http://package.test/${engine}.html`);
      await page.waitForFunction('window.ready === true', undefined, { timeout: 20_000 });
      expect(await page.evaluate('list()')).toEqual(
        tracks.map(({ name, language }, track) => [name, language ?? (engine === 'hls' ? '' : 'und'), track === 0]),
      );
      await page.evaluate('choose(1)');
      await page.waitForFunction('list()[1][2] && video.currentTime > 1', undefined, { timeout: 20_000 });
      expect(complaints).toEqual([]);
    }
  });
});

const pages = {
  hls: `const hls = new Hls(); hls.loadSource('/manifest.m3u8'); hls.attachMedia(video);
    window.list = () => hls.audioTracks.map((track, at) => [track.name, track.lang ?? '', at === hls.audioTrack]);
    window.choose = (at) => { hls.audioTrack = at; };
    video.addEventListener('playing', () => { window.ready = true; });`,
  shaka: `shaka.polyfill.installAll(); const player = new shaka.Player();
    const sounds = () => player.getAudioTracks();
    window.list = () => sounds().map((track) => [track.label, track.language, track.active]);
    window.choose = (at) => player.selectAudioTrack(sounds()[at]);
    player.attach(video).then(() => player.load('/manifest.mpd'));
    video.addEventListener('playing', () => { window.ready = true; });`,
};

/** The outputs of the run under a name of their own, with a page for each player; nothing leaves this machine. */
async function servePackage(page: Page): Promise<void> {
  const { read } = outputsOf(context, runId);
  const require = createRequire(import.meta.url);
  const scripts: Record<string, string> = {
    '/hls.js': require.resolve('hls.js/dist/hls.min.js'),
    '/shaka.js': require.resolve('shaka-player/dist/shaka-player.compiled.js'),
  };
  await page.route('http://package.test/**', async (route) => {
    const { pathname } = new URL(route.request().url());
    const engine = /^\/(hls|shaka)\.html$/.exec(pathname)?.[1];
    if (engine === 'hls' || engine === 'shaka') {
      const script = `<script src="/${engine}.js"></script><script>const video = document.querySelector('video');${pages[engine]}</script>`;
      await route.fulfill({ contentType: 'text/html', body: `<video muted autoplay></video>${script}` });
    } else if (pathname === '/favicon.ico') await route.fulfill({ status: 204 });
    else
      await route.fulfill({ body: await (scripts[pathname] ? readFile(scripts[pathname]) : read(pathname.slice(1))) });
  });
}
