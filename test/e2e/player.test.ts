import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loginLinks } from '../../src/local/login-links.ts';
import { readRunFile } from '../../src/local/run-file.ts';
import { createLog } from '../../src/log.ts';
import { openPage, withBrowser } from '../support/browser.ts';
import { makeClip } from '../support/clips.ts';
import { chooseQuality, player, playFor, previewAt, seekTo } from '../support/player.ts';
import { jsonLines, reelmill, startReelmill } from '../support/reelmill.ts';

let home: string;
let film: string;
let text: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'reelmill-player-'));
  text = join(home, 'letter.mp4');
  await writeFile(text, 'Dear Sir, this is no film at all. '.repeat(100));
  film = await makeClip({ name: 'player', seconds: 14, fps: 25, size: '640x360', picture: 'counter', sound: 'tone' });
});
afterAll(() => rm(home, { recursive: true, force: true }));

test('a real upload is watched from its progress to its end, as HLS and as DASH', async () => {
  const environment = { REELMILL_HOME: home, API_PORT: '0', LOG_LEVEL: 'warn' };
  const up = startReelmill(['up', '--json'], environment);
  await up.until((output) => output.includes('\n'));
  const run = await readRunFile(join(home, 'run.json'));
  if (!run) throw new Error(`no run.json: ${up.errors()}`);

  const sent = await reelmill(['ingest', film, text, '--json'], environment);
  const [video, letter] = jsonLines(sent.stdout).map((result) => String(result.video_id));
  const paths = [`/watch/${video}`, '/admin/queues'];
  const [watch = '', board = ''] = await loginLinks(run, paths, createLog({ level: 'silent', name: 'test' }));

  await withBrowser(async (browser) => {
    const { page, complaints } = await openPage(browser);
    const asked: string[] = [];
    page.on('request', (request) => void asked.push(new URL(request.url()).pathname));
    await page.goto(watch);
    expect(new URL(page.url()).pathname).toBe(`/watch/${video}`);
    await page.waitForSelector('#watch[data-state=processing]');
    await page.waitForSelector('#steps li[data-state=completed]', { timeout: 60_000 });
    await screenshot(page, 'processing');

    // Nobody reloads the page: it finds out by itself.
    await page.waitForSelector('#watch[data-loaded=hls]', { timeout: 180_000 });
    expect(asked.filter((path) => path.endsWith('/events'))).toHaveLength(1);
    expect(asked.filter((path) => path.endsWith('/status'))).toEqual([]);
    for (const engine of ['hls', 'dash']) {
      await page.click(`button[data-engine=${engine}]`);
      await page.waitForSelector(`#watch[data-loaded=${engine}]`);
      expect((await player(page)).renditions).toEqual(['360', '240']);

      await playFor(page, 1);
      for (const height of [240, 360]) {
        await chooseQuality(page, height);
        await playFor(page, 0.5);
      }
      expect(await page.textContent('#facts')).toMatch(/^playing 640 × 360 {2}· {2}0:14 {2}· {2}source h264/);
      await seekTo(page, 9);
      await playFor(page, 1);
      await screenshot(page, engine);
      expect(await player(page)).toMatchObject({ engine, errors: 0, mediaError: null, readyState: 4, seconds: 14 });
    }
    expect(complaints).toEqual([]);
    await previewAt(page, 0.5);
    await screenshot(page, 'preview');

    await page.setViewportSize({ width: 390, height: 844 });
    await screenshot(page, 'phone');
    expect(await page.locator('html').evaluate((root: { scrollWidth: number }) => root.scrollWidth)).toBe(390);

    await page.goto(`${run.api_url}/watch/${letter}`);
    await page.waitForSelector('#watch[data-state=failed]');
    expect(await page.textContent('#problem-code')).toBe('INPUT_NOT_MEDIA');
    expect(await page.textContent('#problem-hint')).not.toBe('');
    await screenshot(page, 'failed');

    await page.setViewportSize({ width: 1_280, height: 800 });
    await page.goto(board);
    await page
      .getByText(/\d+ Jobs/)
      .first()
      .waitFor();
    await screenshot(page, 'board');
    await page.goto(`${run.board_url}/queue/control?status=completed`);
    await page.getByText('finalize').first().waitFor();
    await screenshot(page, 'board-queue');
    expect(complaints).toEqual([]);

    const unknown = '/watch/vid_0000000000000000000000000';
    await page.goto(`${run.api_url}${unknown}`);
    await page.waitForSelector('#watch[data-state=error]');
    expect(await page.textContent('#problem-code')).toBe('NOT_FOUND');
    expect(await page.textContent('#problem-detail')).toBe('There is no such video.');
    await screenshot(page, 'not-found');

    const stranger = await openPage(browser);
    await stranger.page.goto(`${run.api_url}/watch/${video}`);
    await stranger.page.waitForSelector('#watch[data-state=error]');
    expect(await stranger.page.textContent('#problem-code')).toBe('UNAUTHENTICATED');
  });
});

/** To be looked at by whoever sets REELMILL_TEST_SCREENSHOTS to a folder. */
async function screenshot(page: Page, name: string) {
  const folder = process.env.REELMILL_TEST_SCREENSHOTS;
  if (folder) await page.screenshot({ path: join(folder, `player-${name}.png`) });
}
