import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scopes } from '../../src/database/scopes.ts';
import { jobId } from '../../src/jobs/define-job.ts';
import { startApi, type TestApi } from '../support/api.ts';
import { openPage, withBrowser } from '../support/browser.ts';
import { seedVideo } from '../support/seed-video.ts';

let api: TestApi;
let browser: Browser;
let closeBrowser: () => void;
let closed: Promise<void>;
beforeAll(async () => {
  api = await startApi({}, { queueOn: 'postgres' });
  await new Promise<void>((opened, failed) => {
    closed = withBrowser((given) => {
      browser = given;
      opened();
      return new Promise<void>((resolve) => {
        closeBrowser = resolve;
      });
    });
    closed.catch(failed);
  });
});
afterAll(async () => {
  closeBrowser?.();
  await closed;
  await api?.stop();
});

/** A page in which somebody is logged in who may do everything; what it asked of whom, and what its policy refused. */
async function loggedIn(size?: { width: number; height: number }) {
  const { page, complaints } = await openPage(browser, size);
  // A warning is somebody's mistake too: a header with words that the browser does not know, say.
  page.on('console', (message) => {
    if (message.type() !== 'error') complaints.push(`${message.type()}: ${message.text()}`);
  });
  const origins = new Set<string>();
  page.on('request', (request) => void origins.add(new URL(request.url()).origin));
  // Also of what makes no noise in the console.
  await page.addInitScript(
    `document.addEventListener('securitypolicyviolation', (event) =>
       console.error('refused by policy: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample))`,
  );
  const owner = await api.database.keys.owner(await api.key({ scopes }));
  const token = await api.database.keys.createLogin(owner?.keyId ?? '', { expiresAt: new Date(Date.now() + 60_000) });
  await page.goto(`${api.url}/login?token=${token}&next=/`);
  return { page, complaints, origins };
}

const looks: [string, (page: Page) => Promise<unknown>][] = [
  ['/', (page) => page.getByText('API reference').waitFor()],
  ['/problems', (page) => page.getByText('REQUEST_TOO_LARGE').waitFor()],
  ['/problems/NOT_FOUND', (page) => page.getByText('NOT_FOUND').first().waitFor()],
  ['/docs', (page) => page.getByText('/api/v1/videos/upload').first().waitFor()],
  [
    '/admin/queues',
    (page) =>
      page
        .getByText(/\d+ Jobs/)
        .first()
        .waitFor(),
  ],
  ['/admin/queues/queue/control?status=waiting', (page) => page.getByText('split').first().waitFor()],
];

test.each(looks)('%s loads from here alone, and breaks no rule of its policy', async (path, shown) => {
  const { videoId, runId } = await seedVideo(api.database, 'transcoding');
  const job = jobId({ videoId, runId, name: 'split' });
  await api.queues.queue('control').add('split', {}, { jobId: job });
  const { page, complaints, origins } = await loggedIn();
  await page.goto(`${api.url}${path}`);
  await shown(page);
  await page.waitForLoadState('networkidle');
  await screenshot(page, path);
  await page.setViewportSize({ width: 390, height: 844 });
  await screenshot(page, `${path}-phone`);
  expect(complaints).toEqual([]);
  expect([...origins].filter((origin) => origin !== api.url && origin !== 'null')).toEqual([]);
  await page.context().close();
});

test('the reference takes a key, tries a request with it, and has a dark side', async () => {
  const { page, complaints } = await openPage(browser);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto(`${api.url}/docs`);
  await page.getByRole('button', { name: 'Authorize' }).first().click();
  await page
    .locator('.modal-ux input')
    .first()
    .fill(await api.key({ creatorId: 'anna' }));
  await screenshot(page, '/docs-authorize');
  await page.locator('.modal-ux button', { hasText: 'Authorize' }).first().click();
  await page.locator('.modal-ux button', { hasText: 'Close' }).first().click();
  await page.locator('#operations-Videos-listVideos .opblock-summary-control').click();
  await page.getByRole('button', { name: 'Execute' }).click();
  await page
    .locator('#operations-Videos-listVideos .live-responses-table .response-col_status', { hasText: '200' })
    .waitFor();
  await screenshot(page, '/docs-dark');
  await page.setViewportSize({ width: 390, height: 844 });
  await screenshot(page, '/docs-dark-phone');
  expect(await page.locator('html').evaluate((root: { scrollWidth: number }) => root.scrollWidth)).toBe(390);
  expect(complaints).toEqual([]);
  await page.context().close();
});

/** To be looked at by whoever sets REELMILL_TEST_SCREENSHOTS to a folder. */
async function screenshot(page: Page, name: string) {
  const folder = process.env.REELMILL_TEST_SCREENSHOTS;
  if (folder) await page.screenshot({ path: join(folder, `page-${name.replace(/\W+/g, '-')}.png`) });
}

test('pages of text are as light or as dark as the browser is', async () => {
  const { page } = await openPage(browser);
  const ground = () => page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor');
  for (const path of ['/', '/problems', '/problems/NOT_FOUND', '/nothing']) {
    await page.emulateMedia({ colorScheme: 'light' });
    await page.goto(`${api.url}${path}`);
    expect([path, await ground()]).toEqual([path, 'rgb(255, 255, 255)']);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect([path, await ground()]).toEqual([path, 'rgb(11, 13, 18)']);
  }
});
