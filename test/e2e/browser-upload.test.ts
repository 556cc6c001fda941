import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogue } from '../../src/errors/catalogue.ts';
import { freePort } from '../../src/local/free-port.ts';
import { startApi, type TestApi } from '../support/api.ts';
import { openPage, withBrowser } from '../support/browser.ts';
import { tinyVideo } from '../support/tiny-video.ts';
import { chooseFile, pageWords, startUploadPage, videoFile } from '../support/upload-page.ts';

let api: TestApi;
let port: number;
beforeAll(async () => {
  port = await freePort();
  api = await startApi({ corsOrigins: [`http://127.0.0.1:${port}`] }, { queueOn: 'postgres' });
});
afterAll(() => api?.stop());

// Both in the page: where requests are intercepted (`page.route`), Playwright itself answers every preflight, and no CORS is tried at all.
const loseOnePart = (page: Page) =>
  page.evaluate(() => {
    const send = globalThis.fetch;
    globalThis.fetch = (url, init) => {
      if (init?.method !== 'PUT') return send(url, init);
      globalThis.fetch = send;
      return Promise.reject(new TypeError('Failed to fetch'));
    };
  });
const endToken = (page: Page) =>
  page.evaluate(() => {
    const send = globalThis.fetch;
    globalThis.fetch = (url, init) => {
      if (!String(url).endsWith('/upload/parts')) return send(url, init);
      globalThis.fetch = send;
      return send(url, { ...init, headers: { ...init?.headers, authorization: 'Bearer up_old' } });
    };
  });

test('the page of docs/browser-upload.md uploads from another origin, goes on after a break and gets a fresh token', async () => {
  const key = await api.key({ creatorId: 'anna' });
  const origin = await startUploadPage({ api: api.url, key, port });
  const bytes = tinyVideo('from a browser '.repeat(1_200_000)); // two parts
  const file = await videoFile(bytes);

  await withBrowser(async (browser) => {
    const { page } = await openPage(browser);
    const [puts, answers]: [string[], number[]] = [[], []];
    page.on('request', (request) => request.method() === 'PUT' && puts.push(request.url()));
    page.on('response', (response) => response.url().includes('/upload/parts') && answers.push(response.status()));
    await page.goto(origin);
    await loseOnePart(page);
    await chooseFile(page, file);
    await pageWords(page).toContain('Choose the file again');
    const id = (await api.call('GET', '/api/v1/videos', { key })).body.videos[0].video_id;
    await expect
      .poll(async () => (await api.call('GET', `/api/v1/videos/${id}/upload/parts`, { key })).body.parts, {
        timeout: 60_000,
      })
      .toHaveLength(1);
    expect(puts).toHaveLength(1);

    await page.reload();
    await endToken(page);
    answers.length = 0;
    await chooseFile(page, file);
    await pageWords(page).toBe('uploaded, 0 %');
    expect(answers).toEqual(expect.arrayContaining([401, 200]));
    expect(puts).toHaveLength(2);
    expect(await page.locator('progress').evaluate((bar) => Reflect.get(bar, 'value'))).toBe(1);
    expect(await api.database.videos.find(id)).toMatchObject({ status: 'uploaded', fileSize: bytes.length });

    await api.call('POST', `/api/v1/videos/${id}/cancel`, { key });
    await pageWords(page).toBe('cancelled, 0 %');
  });
});

test('the page says what is wrong with a bad file, each time, and forgets that upload and nothing else', async () => {
  const origin = await startUploadPage({ api: api.url, key: await api.key({ creatorId: 'ben' }), port });
  const file = await videoFile(new Uint8Array(2_000).fill(7));
  const { fix } = catalogue.INPUT_NOT_MEDIA;
  await withBrowser(async (browser) => {
    const { page } = await openPage(browser);
    await page.goto(origin);
    for (const _ of ['first', 'second']) {
      await page.reload();
      await page.evaluate(() => Reflect.get(globalThis, 'localStorage').setItem('of the app', 'kept'));
      await chooseFile(page, file);
      await pageWords(page).toMatch(/no known kind/);
      expect(await page.textContent('#words')).toContain(fix);
      expect(await page.textContent('#words')).not.toContain('Choose the file again');
      expect(await page.evaluate(() => Object.keys(Reflect.get(globalThis, 'localStorage')))).toEqual(['of the app']);
    }
  });
});

test('a page of an origin that may not cannot, though it has a token', async () => {
  const origin = await startUploadPage({ api: api.url, key: await api.key(), port: await freePort() });
  await withBrowser(async (browser) => {
    const { page, complaints } = await openPage(browser);
    await page.goto(origin);
    await chooseFile(page, await videoFile(tinyVideo('x')));
    await pageWords(page).toContain('Failed to fetch');
    expect(complaints.join()).toContain('CORS');
  });
});
