import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../src/local/free-port.ts';
import { startApi, type TestApi } from '../support/api.ts';
import { openPage, withBrowser } from '../support/browser.ts';
import { docBlocks } from '../support/doc-blocks.ts';
import { testFolder } from '../support/folder.ts';
import { tinyVideo } from '../support/tiny-video.ts';

let api: TestApi;
let port: number;
beforeAll(async () => {
  port = await freePort();
  api = await startApi({ corsOrigins: [`http://127.0.0.1:${port}`] }, { queueOn: 'postgres' });
});
afterAll(() => api?.stop());

const shown = docBlocks(readFileSync('docs/browser-upload.md', 'utf8'));
const block = (language: string) => shown.find((each) => each.language === language)?.text ?? expect.fail(language);

/** The web app of docs/browser-upload.md, on a port; gives its origin. */
async function startApp(key: string, onPort: number): Promise<string> {
  const folder = await testFolder('browser-upload');
  writeFileSync(join(folder, 'server.mjs'), block('js'));
  writeFileSync(join(folder, 'upload.html'), block('html'));
  const app = spawn(process.execPath, ['server.mjs'], {
    cwd: folder,
    env: { API: api.url, KEY: key, PORT: String(onPort) },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const ended = once(app, 'close');
  onTestFinished(async () => {
    app.kill();
    await ended;
  });
  const origin = `http://127.0.0.1:${onPort}`;
  await expect
    .poll(
      () =>
        fetch(origin).then(
          ({ ok }) => ok,
          () => false,
        ),
      { timeout: 10_000 },
    )
    .toBe(true);
  return origin;
}

const choose = (page: Page, path: string) => page.setInputFiles('#file', path);

/** On the disk: it stays the same file when it is chosen again. */
async function videoFile(bytes: Uint8Array): Promise<string> {
  const path = join(await testFolder('browser-file'), 'holiday.mp4');
  writeFileSync(path, bytes);
  return path;
}
const words = (page: Page) => page.textContent('#words');

test('the page of docs/browser-upload.md uploads from another origin, goes on after a break and gets a fresh token', async () => {
  const key = await api.key({ creatorId: 'anna' });
  const origin = await startApp(key, port);
  const bytes = tinyVideo('from a browser '.repeat(1_200_000)); // two parts
  const file = await videoFile(bytes);

  await withBrowser(async (browser) => {
    const { page } = await openPage(browser);
    // Of the first two parts one is lost on its way, and a token ends after it.
    const [puts, answers]: [string[], number[]] = [[], []];
    await page.route('**/storage/**', (route) =>
      puts.push(route.request().url()) === 1 ? route.abort() : route.continue(),
    );
    let tokenEnds = false;
    await page.route('**/upload/parts', (route) => {
      const headers = { ...route.request().headers(), ...(tokenEnds && { authorization: 'Bearer up_old' }) };
      tokenEnds = false;
      return route.continue({ headers });
    });
    page.on('response', (response) => response.url().includes('/upload/parts') && answers.push(response.status()));
    await page.goto(origin);
    await choose(page, file);
    await expect.poll(() => words(page), { timeout: 20_000 }).toContain('Choose the file again');
    const id = (await api.call('GET', '/api/v1/videos', { key })).body.videos[0].video_id;
    await expect
      .poll(async () => (await api.call('GET', `/api/v1/videos/${id}/upload/parts`, { key })).body.parts, {
        timeout: 20_000,
      })
      .toHaveLength(1);
    expect(puts).toHaveLength(2);

    tokenEnds = true;
    await page.reload();
    answers.length = 0;
    await choose(page, file);
    await expect.poll(() => words(page), { timeout: 20_000 }).toBe('uploaded, 0 %');
    expect(answers).toEqual(expect.arrayContaining([401, 200]));
    expect(puts).toHaveLength(3);
    expect(await page.locator('progress').evaluate((bar) => Reflect.get(bar, 'value'))).toBe(1);
    expect(await api.database.videos.find(id)).toMatchObject({ status: 'uploaded', fileSize: bytes.length });

    await api.call('POST', `/api/v1/videos/${id}/cancel`, { key });
    await expect.poll(() => words(page), { timeout: 20_000 }).toBe('cancelled, 0 %');
  });
});

test('a page of an origin that may not cannot, though it has a token', async () => {
  const origin = await startApp(await api.key(), await freePort());
  await withBrowser(async (browser) => {
    const { page, complaints } = await openPage(browser);
    await page.goto(origin);
    await choose(page, await videoFile(tinyVideo('x')));
    await expect.poll(() => words(page), { timeout: 20_000 }).toContain('Failed to fetch');
    expect(complaints.join()).toContain('CORS');
  });
});
