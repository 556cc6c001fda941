import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePort } from '../../src/local/free-port.ts';
import { loginLinks } from '../../src/local/login-links.ts';
import { createLog } from '../../src/log.ts';
import { openPage, withBrowser } from '../support/browser.ts';
import { ffmpeg } from '../support/clips.ts';
import { testFolder } from '../support/folder.ts';
import { chooseQuality, player, playFor, previewAt, seekTo } from '../support/player.ts';
import { startUp } from '../support/up.ts';

const seconds = 60;
const sine = (frequency: number) => ['-f', 'lavfi', '-i', `sine=frequency=${frequency}:duration=${seconds}`];
const film = [
  ...['-f', 'lavfi', '-i', `testsrc2=size=640x360:rate=2:duration=${seconds}`, ...sine(440), ...sine(880)],
  ...['-map', '0', '-map', '1', '-map', '2', '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'],
  ...['-c:a', 'aac', '-metadata:s:a:0', 'language=deu', '-metadata:s:a:1', 'language=fra'],
];

/** The code of the problem that a URL answers with; null where it plays. */
const refusal = async (url: string): Promise<string | null> => {
  const response = await fetch(url);
  const text = await response.text();
  return response.ok ? null : JSON.parse(text).code;
};

test('a signed video plays in its session’s page as HLS and as DASH, beyond the time of its URLs; a stranger’s URL ends', async () => {
  const path = join(await testFolder('signed'), 'film.mp4');
  await ffmpeg([...film, path]);
  // Media of another origin than the page, as those of a CDN are.
  const port = String(await freePort());
  const media = { API_PORT: port, MEDIA_URL: `http://localhost:${port}/media`, PLAYBACK_URL_SECONDS: '4' };
  const up = await startUp('signed', media);
  const [result] = await up.ingest(path);
  expect(result).toMatchObject({ status: 'ready' });
  const id = String(result?.video_id);
  expect(await refusal(String(result?.hls))).toBeNull();
  await up.call('PATCH', `/api/v1/videos/${id}`, { playback: 'signed' });
  await expect.poll(() => refusal(String(result?.hls)), { timeout: 20_000 }).toBe('SIGNATURE_INVALID');

  const { body: short } = await up.call('POST', `/api/v1/videos/${id}/playback`, { expires_in_seconds: 2 });
  const handedOut = String(short.hls_url);
  expect(await refusal(handedOut)).toBeNull();
  expect(await refusal(handedOut.replace(/~[^/]+\//, ''))).toBe('SIGNATURE_INVALID');

  const [link = ''] = await loginLinks(up.run, [`/watch/${id}`], createLog({ level: 'silent', name: 'test' }));
  await withBrowser(async (browser) => {
    const { page, complaints } = await openPage(browser);
    const asked: string[] = [];
    const origins = new Set<string>();
    page.on('request', (request) => {
      const { pathname, origin } = new URL(request.url());
      asked.push(pathname);
      if (pathname.startsWith('/media/')) origins.add(origin);
    });
    await page.goto(link);
    await page.waitForSelector('#watch[data-loaded=hls]');
    for (const engine of ['hls', 'dash']) {
      await page.click(`button[data-engine=${engine}]`);
      await page.waitForSelector(`#watch[data-loaded=${engine}]`);
      await playFor(page, 0.5);
      await previewAt(page, engine === 'hls' ? 0.3 : 0.7);
      expect(await page.locator('#sounds media-chrome-menu-item').count()).toBe(2);
      expect(await player(page)).toMatchObject({ engine, errors: 0, mediaError: null, seconds });
    }
    // A busy machine can take longer than the URLs are valid: then the page asks for others, below.
    expect(complaints.filter((complaint) => !complaint.includes('status of 403'))).toEqual([]);
    const fetched = asked.filter((path) => path.startsWith('/media/'));
    for (const kind of ['m3u8', 'mpd', 'm4s', 'mp4', 'vtt', 'jpg']) {
      expect(fetched.filter((path) => path.endsWith(`.${kind}`)).length).toBeGreaterThan(0);
    }
    expect(fetched.filter((path) => !/^\/media\/~\d+\.[\w-]+\/transcoded\/vid_/.test(path))).toEqual([]);

    expect([...origins]).toEqual([`http://localhost:${port}`]);

    // Its URLs have expired: it asks for others, and goes on where it was.
    for (const engine of ['dash', 'hls']) {
      await page.click(`button[data-engine=${engine}]`);
      await page.waitForSelector(`#watch[data-loaded=${engine}]`);
      await page.locator('video').evaluate((video: { pause(): void }) => video.pause());
      const url = asked.findLast((path) => /manifest\.(m3u8|mpd)$/.test(path)) ?? '';
      await expect.poll(() => refusal(`${up.run.api_url}${url}`), { timeout: 60_000 }).toBe('SIGNATURE_EXPIRED');
      await chooseQuality(page, 240);
      await seekTo(page, 50);
      await playFor(page, 0.5);
      expect(await player(page)).toMatchObject({ engine, errors: 0, height: 240 });
    }

    expect(await refusal(handedOut)).toBe('SIGNATURE_EXPIRED');
    const stranger = await openPage(browser);
    await stranger.page.goto(`${up.run.api_url}/watch/${id}`);
    await stranger.page.waitForSelector('#watch[data-state=error]');
    expect(await stranger.page.textContent('#problem-code')).toBe('UNAUTHENTICATED');
    await stranger.page.goto(handedOut);
    expect(await stranger.page.textContent('h1')).toBe('SIGNATURE_EXPIRED');
  });
});
