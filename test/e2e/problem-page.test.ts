import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Scope } from '../../src/database/scopes.ts';
import { catalogue, type ErrorCode } from '../../src/errors/catalogue.ts';
import { startApi, type TestApi } from '../support/api.ts';
import { openPage, withBrowser } from '../support/browser.ts';
import { seedVideo } from '../support/seed-video.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({}, { queueOn: 'postgres' });
});
afterAll(() => api?.stop());

const found = 'The file ends too early: 6.0 of 12.0 s of picture are there.';

/** A video of this creator that failed so, and a link that opens a session and leads to its page. */
async function failedVideo(creatorId: string, code: ErrorCode, scopes: readonly Scope[]): Promise<string> {
  const key = await api.key({ creatorId, scopes });
  const { videoId, runId } = await seedVideo(api.database, 'uploaded', { creatorId, title: 'A day at the sea' });
  await api.database.tasks.failed({ runId, name: 'probe' }, { code, detail: found });
  const owner = await api.database.keys.owner(key);
  const token = await api.database.keys.createLogin(owner?.keyId ?? '', { expiresAt: new Date(Date.now() + 60_000) });
  return `${api.url}/login?token=${token}&next=/watch/${videoId}`;
}

test('a failed video shows what was found, what to do and whether to try again, and leads on to the page of its code', async () => {
  const forOperators = await failedVideo('anna', 'PROCESS_KILLED', ['videos:read', 'operate']);
  const forUsers = await failedVideo('anna', 'INPUT_TRUNCATED', ['videos:read']);
  await withBrowser(async (browser) => {
    const { page, complaints } = await openPage(browser);
    for (const [link, code] of [
      [forOperators, 'PROCESS_KILLED'],
      [forUsers, 'INPUT_TRUNCATED'],
    ] as const) {
      await page.goto(link);
      await page.waitForSelector('#watch[data-state=failed]');
      expect(await page.textContent('#problem-code')).toBe(code);
      expect(await page.textContent('#problem-detail')).toBe(found);
      expect(await page.textContent('#problem-hint')).toBe(catalogue[code].fix);
      const operators = {
        shown: await page.isVisible('#problem-operators'),
        hint: await page.textContent('#problem-operator-hint'),
      };
      const told = link === forOperators ? catalogue[code].operatorFix : '';
      expect(operators).toEqual({ shown: told !== '', hint: told });
      expect(await page.isVisible('#problem-again')).toBe(catalogue[code].retryable);
      await screenshot(page, code.toLowerCase());
    }
    await page.click('#problem-code a');
    await page.waitForURL('**/problems/INPUT_TRUNCATED');
    expect(await page.textContent('.lead')).toBe(catalogue.INPUT_TRUNCATED.cause);
    expect(await page.textContent('.operators p')).toBe(catalogue.INPUT_TRUNCATED.operatorFix);
    await screenshot(page, 'code');
    expect(complaints).toEqual([]);
  });
});

/** To be looked at by whoever sets REELMILL_TEST_SCREENSHOTS to a folder. */
async function screenshot(page: Page, name: string) {
  const folder = process.env.REELMILL_TEST_SCREENSHOTS;
  if (folder) await page.screenshot({ path: join(folder, `problem-${name}.png`) });
}
