// needs: chromium, clips, redis-server
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { connectQueues } from '../../src/flows/connect-queues.ts';
import { loginLinks } from '../../src/local/login-links.ts';
import type { RunFile } from '../../src/local/run-file.ts';
import { createLog } from '../../src/log.ts';
import { displayName } from '../../src/words/display-name.ts';
import { openPage, withBrowser } from '../support/browser.ts';
import { ffmpeg } from '../support/clips.ts';
import { testFolder } from '../support/folder.ts';
import { harmful, hostileNames } from '../support/hostile-names.ts';
import { startUp, type Up } from '../support/up.ts';

const secret = 'canary-of-the-secret-1f0c9d7e5b3a8642';
const attack = (place: string) =>
  `"><img src=x onerror="window.hacked='${place}'"><script>window.hacked='${place}'</script>`;
const inputs = [
  '-f',
  'lavfi',
  '-i',
  'testsrc2=s=64x36:r=10:d=2',
  '-f',
  'lavfi',
  '-i',
  'sine=d=2',
  '-f',
  'lavfi',
  '-i',
  'sine=900:d=2',
];

/** Bytes under a name and title of their own, by the API as any client would. */
async function upload(
  up: Up,
  bytes: Uint8Array<ArrayBuffer>,
  names: { filename: string; title: string },
): Promise<string> {
  const created = await up.call('POST', '/api/v1/videos/upload', { ...names, file_size_bytes: bytes.length });
  expect(created.status).toBe(201);
  const sent = await fetch(String(created.body.upload_url), { method: 'PUT', body: bytes });
  const parts = [{ part_number: 1, etag: sent.headers.get('etag') }];
  const id = String(created.body.video_id);
  await up.call('POST', `/api/v1/videos/${id}/upload/complete`, { parts });
  return id;
}

const final = async (up: Up, id: string) => {
  const { body } = await up.call('GET', `/api/v1/videos/${id}`);
  return ['ready', 'failed'].includes(String(body.status)) ? body : null;
};

test('hostile names run nothing in the pages, and no secret and nothing harmful is in what the product says', async () => {
  const folder = await testFolder('hostile');
  const film = join(folder, 'film.mkv');
  await ffmpeg([
    ...[...inputs, '-map', '0', '-map', '1', '-map', '2', '-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac'],
    ...['-metadata:s:a:0', `title=${attack('first sound')}`, '-metadata:s:a:1', `title=${attack('second sound')}`],
    ...['-metadata:s:a:0', 'language=<b>', '-metadata', `title=${attack('tag')}`, '-pix_fmt', 'yuv420p', film],
  ]);
  const whole = new Uint8Array(await readFile(film));
  const up = await startUp('hostile', { REELMILL_SECRET: secret, LOG_LEVEL: 'debug' });

  const title = `${attack('title')}\u202e\u001b[2J`;
  const good = await upload(up, whole, { filename: `${attack('filename')}.mkv`, title });
  const broken = whole.slice();
  broken.fill(0xff, 600); // the streams are told, and there is nothing of them
  const bad = await upload(up, broken, { filename: hostileNames.terminal, title: attack('failed title') });
  await failJob(up.run, attack('job'));
  await expect.poll(() => final(up, good), { timeout: 90_000, interval: 200 }).toMatchObject({ status: 'ready' });
  await expect.poll(() => final(up, bad), { timeout: 60_000, interval: 200 }).toMatchObject({ status: 'failed' });
  const told = await up.reelmill('status', bad);
  expect(told.stdout).not.toMatch(harmful);

  await withBrowser(async (browser) => {
    const paths = [`/watch/${good}`, '/admin/queues/queue/control?status=failed'];
    const [watch = '', board = ''] = await loginLinks(up.run, paths, createLog({ level: 'silent', name: 'test' }));
    const { page } = await openPage(browser);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));

    await page.goto(watch);
    await page.waitForSelector('#watch[data-loaded=hls]', { timeout: 30_000 });
    expect(await page.textContent('#title')).toBe(displayName(title));
    expect(await page.title()).toBe(`${displayName(title)} · Reelmill`);
    for (const engine of ['hls', 'dash']) {
      await page.click(`button[data-engine=${engine}]`);
      await page.waitForSelector(`#watch[data-loaded=${engine}]`, { timeout: 30_000 });
      await page.click('#sounds-button');
      const items = page.locator('#sounds media-chrome-menu-item');
      await expect.poll(() => items.count(), { timeout: 10_000 }).toBe(2);
      expect((await items.allTextContents()).join()).toContain('<script>window.hacked');
      await page.keyboard.press('Escape');
      await nothingRan(page);
    }

    await page.goto(`${up.run.api_url}/watch/${bad}`);
    await page.waitForSelector('#watch[data-state=failed]');
    expect(await page.textContent('#title')).toBe(attack('failed title'));
    await nothingRan(page);

    await page.goto(board);
    await page.getByText(attack('job')).first().waitFor(); // as text
    await nothingRan(page);

    for (const path of [`/${encodeURIComponent(attack('path'))}`, `/problems/${encodeURIComponent(attack('code'))}`]) {
      await page.goto(`${up.run.api_url}${path}`);
      await nothingRan(page);
    }
    const pictures = () => asked.filter((url) => new URL(url).pathname.endsWith('/x'));
    expect(pictures()).toEqual([]);
    // And where a page of ours did show it raw, its own policy would still keep the script from running.
    await page.goto(`${up.run.api_url}/watch/${bad}`);
    await page.locator('body').evaluate(
      (body: { insertAdjacentHTML(where: string, html: string): void }, html) => {
        body.insertAdjacentHTML('beforeend', html);
      },
      `<p title="${attack('raw')}`,
    );
    await expect.poll(pictures, { timeout: 10_000 }).toHaveLength(1);
    expect(await page.evaluate('window.hacked ?? null')).toBeNull();
  });

  const password = new URL(String(up.run.database_url)).password;
  const secrets = [secret, up.run.api_key, ...(password ? [password] : [])];
  const logs = await logLines(join(up.home, 'logs'));
  const answers = await Promise.all([good, bad].map((id) => up.call('GET', `/api/v1/videos/${id}`)));
  const said = [...logs, told.stdout, told.stderr, JSON.stringify(answers)];
  expect(logs.length).toBeGreaterThan(20);
  for (const text of said) {
    for (const hidden of secrets) expect(text).not.toContain(hidden);
    expect(text).not.toMatch(harmful);
  }
});

/** A job that no worker can read: it fails with its own name among the words. */
async function failJob(run: RunFile, name: string): Promise<void> {
  const log = createLog({ level: 'silent', name: 'test' });
  const queues = await connectQueues({ redisUrl: run.redis_url ?? undefined, databaseUrl: run.database_url, log });
  try {
    const job = await queues.queue('control').add(name, { data: name });
    await expect.poll(() => job.getState(), { timeout: 20_000 }).toBe('failed');
  } finally {
    await queues.close();
  }
}

async function nothingRan(page: Page): Promise<void> {
  expect(await page.evaluate('window.hacked ?? null')).toBeNull();
  expect(await page.locator('img[src="x"]').count()).toBe(0);
}

/** Every line of our own processes' logs. */
async function logLines(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text) => text.split('\n')).filter((line) => line !== '');
}
