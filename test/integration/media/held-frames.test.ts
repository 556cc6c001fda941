import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pageRoutes } from '../../../src/api/service/pages.ts';
import { openPage, withBrowser } from '../../support/browser.ts';
import { tinyPolicy } from '../../support/encode-clip.ts';
import { finishClip, outputsOf, testPackager } from '../../support/finish-clip.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { h264, makeSource, timedBy } from '../../support/sources.ts';

/** The part of a page's elements that these tests read; the project is compiled without a browser's types. */
interface VideoElement {
  currentTime: number;
  duration: number;
  ended: boolean;
  muted: boolean;
  playbackRate: number;
  buffered: { length: number; start(range: number): number; end(range: number): number };
  play(): Promise<void>;
  addEventListener(event: 'seeked', then: () => void, options: { once: boolean }): void;
  requestVideoFrameCallback(then: (now: number, frame: { mediaTime: number }) => void): number;
}

/** Opens a video by the player page's own code, with the engine and the manifest that the address names. */
const html = `<!doctype html><link rel="icon" href="data:,"><video muted></video><script type="module">
  import { openDash } from '/assets/player/engine-dash.js';
  import { openHls } from '/assets/player/engine-hls.js';
  const open = { hls: openHls, dash: openDash }[new URLSearchParams(location.search).get('engine')];
  const onError = (what) => console.error(what);
  const name = open === openHls ? 'manifest.m3u8' : 'manifest.mpd';
  await open(document.querySelector('video'), '/video/' + name, { startTime: 0, sound: null, onError });
  document.body.dataset.loaded = 'yes';
</script>`;

let context: TestContext;
let server: Server;
let url: string;
beforeAll(async () => {
  context = await createTestContext({ policy: tinyPolicy, packager: testPackager() });
  const bursts = { extension: 'mp4', frames: 250, video: h264(60), filter: timedBy('floor(N/25)*3+mod(N,25)/50') };
  const { runId } = await finishClip(context, await makeSource(bursts));
  const { fileOf } = outputsOf(context, runId);
  const app = express()
    .get('/', (_, response) => void response.send(html))
    .get('/video/{*path}', (request, response) => response.sendFile(fileOf([request.params.path].flat().join('/'))))
    .use(pageRoutes());
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((closed) => server.close(closed));
  await context.close();
});

/** Seeks, and gives the time of the frame that is shown when it has settled: the first frame of all may still be on its way to the screen. */
const frameAt = (page: Page, seconds: number): Promise<number> =>
  page.locator('video').evaluate(
    (video: VideoElement, time: number) =>
      new Promise<number>((shown, reject) => {
        let last: number | null = null;
        const note = (_: number, { mediaTime }: { mediaTime: number }) => {
          last = mediaTime;
          video.requestVideoFrameCallback(note);
        };
        const tell = () => (last === null ? reject(new Error(`no frame at ${time} s`)) : shown(last));
        video.addEventListener('seeked', () => setTimeout(tell, 700), { once: true });
        video.requestVideoFrameCallback(note);
        video.currentTime = time;
      }),
    seconds,
  );

const stateOf = (page: Page) =>
  page.locator('video').evaluate(({ buffered, duration, ended, currentTime }: VideoElement) => ({
    end: buffered.length > 0 ? buffered.end(buffered.length - 1) : 0,
    ...{ duration, ended, currentTime },
  }));

test.each(['hls', 'dash'])('bursts and long holds are played to their end, as %s', async (engine) => {
  await withBrowser(async (browser) => {
    const { page, complaints } = await openPage(browser);
    await page.goto(`${url}?engine=${engine}`);
    await page.waitForSelector('[data-loaded]', { timeout: 10_000 });
    // Which of the last frames covers the hold is the encoder's choice of frame types; 0.4 s before it, it was the wrong picture.
    expect(await frameAt(page, 4.5)).toBeCloseTo(3.48, 1);
    expect(await frameAt(page, 27.3)).toBeCloseTo(27.3, 3);
    const { end, duration } = await stateOf(page);
    expect([end, duration]).toEqual([expect.closeTo(27.5, 2), expect.closeTo(27.5, 1)]);
    await page.locator('video').evaluate((video: VideoElement) => video.play());
    await expect.poll(() => stateOf(page), { timeout: 20_000 }).toMatchObject({ ended: true });
    expect(complaints).toEqual([]);
  });
});
