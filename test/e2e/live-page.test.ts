import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startApi, type TestApi } from '../support/api.ts';
import { openPage, withBrowser } from '../support/browser.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { seedVideo } from '../support/seed-video.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({}, { queueOn: 'postgres' });
});
afterAll(() => api?.stop());

const patience = { timeout: 60_000, interval: 20 };
const events = /\/events$/;

interface Followed {
  page: Page;
  proxy: FaultProxy;
  /** Requests for the stream, and for the status. */
  streams: () => number;
  polls: () => number;
  /** The steps that the page shows as done. */
  shows(done: number): Promise<void>;
  videoId: string;
  runId: string;
}

/** The page of a video that waits for its work, by a proxy, once it shows how far that is. */
async function following(work: (followed: Followed) => Promise<void>, prepare = (_proxy: FaultProxy) => {}) {
  const proxy = await startFaultProxy(api.url);
  onTestFinished(() => proxy.close());
  prepare(proxy);
  const { videoId, runId } = await seedVideo(api.database, 'uploaded', { creatorId: 'anna' });
  const owner = await api.database.keys.owner(await api.key({ creatorId: 'anna' }));
  const token = await api.database.keys.createLogin(owner?.keyId ?? '', { expiresAt: new Date(Date.now() + 600_000) });
  const asked = (what: string) => () => proxy.seen.filter((line) => line.endsWith(`/${what}`)).length;
  await withBrowser(async (browser) => {
    const { page } = await openPage(browser);
    await page.goto(`${proxy.url}/login?${new URLSearchParams({ token, next: `/watch/${videoId}` })}`);
    await page.waitForSelector('#steps li', { timeout: patience.timeout });
    const done = () => page.locator('#steps li[data-state=completed]').count();
    const shows = (count: number) => expect.poll(done, patience).toBe(count);
    await work({ page, proxy, streams: asked('events'), polls: asked('status'), shows, videoId, runId });
  });
}

async function commitProbe({ videoId, runId }: Followed) {
  const { tasks } = api.database.jobPorts('wrk_1');
  await tasks.commit(await tasks.take({ videoId, runId, name: 'probe' }), []);
}

async function fail({ page, runId }: Followed) {
  await api.database.tasks.failed({ runId, name: 'split' }, { code: 'INPUT_DAMAGED', detail: 'half of it is gone' });
  await page.waitForSelector('#watch[data-state=failed]', { timeout: patience.timeout });
  expect(await page.textContent('#problem-detail')).toBe('half of it is gone');
}

const note = (page: Page) => () => page.textContent('#progress-note');

test('a page follows a video by one stream; a cut one goes on behind the last event that came', () =>
  following(async (followed) => {
    const { page, proxy, streams, polls, shows } = followed;
    const again = page.waitForRequest(events);
    proxy.cut();
    expect((await (await again).allHeaders())['last-event-id']).toMatch(/^\d+$/);
    await commitProbe(followed);
    await shows(1);
    expect([streams(), polls(), await note(page)()]).toEqual([2, 0, '']);
    await fail(followed);
    expect([streams(), polls()]).toEqual([2, 0]);
  }));

test('a page asks on while the server is away, and opens another stream once it is back', () =>
  following(async (followed) => {
    const { page, proxy, streams, polls, shows } = followed;
    proxy.next('GET', events, { does: 'answer', status: 502, times: 1_000 });
    proxy.next('GET', /\/status$/, { does: 'answer', status: 502, times: 1_000 });
    proxy.cut();
    await expect.poll(note(page), patience).toContain('The connection was lost');
    await expect.poll(polls, patience).toBeGreaterThan(0);
    proxy.clear();
    await expect.poll(streams, patience).toBe(1);
    await commitProbe(followed);
    await shows(1);
    await fail(followed);
    expect([streams(), polls()]).toEqual([1, 1]);
  }));

test('where a proxy keeps streams, a page asks for the status', () =>
  following(
    async (followed) => {
      await commitProbe(followed);
      await followed.shows(1);
      await fail(followed);
      expect(followed.polls()).toBeGreaterThan(1);
    },
    (proxy) => proxy.next('GET', events, { does: 'black hole', times: 1_000 }),
  ));

test('a page that nobody sees holds no connection, and catches up when it is seen', () =>
  following(async (followed) => {
    const { page, streams, polls, shows } = followed;
    const see = (seen: boolean) =>
      page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, value: ${!seen} });
        document.dispatchEvent(new Event('visibilitychange'))`);
    await expect.poll(() => api.live.seats.taken, patience).toBe(1);
    await see(false);
    await expect.poll(() => api.live.seats.taken, patience).toBe(0);
    await commitProbe(followed);
    expect([streams(), polls()]).toEqual([1, 0]);
    await see(true);
    await shows(1);
    await fail(followed);
  }));
