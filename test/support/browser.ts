// needs: chromium
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Debian's Chromium: playwright-core brings no browser of its own. */
export function findChromium(): string {
  const path = process.env.CHROMIUM_PATH ?? places.find((place) => existsSync(place));
  if (!path) throw new Error(`no Chromium: install the package chromium, or set CHROMIUM_PATH (${places.join(', ')})`);
  return path;
}

/** Root has no sandbox in a container; the rest keeps a browser from calling home and from waiting for a click to play. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
];

export interface OpenPage {
  page: Page;
  /** What the page said was wrong: uncaught errors, console errors, refused loads. */
  complaints: string[];
}

/** A browser with a profile of its own. Close it. */
export const startBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: findChromium(), headless: true, args: flags });

/** Starts a browser, runs `work`, and closes the browser whatever happens. */
export async function withBrowser<T>(work: (browser: Browser) => Promise<T>): Promise<T> {
  const browser = await startBrowser();
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

/** A page of its own context (own cookies), with an ear for what it complains about. */
export async function openPage(browser: Browser, size = { width: 1_280, height: 800 }): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: size });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('requestfailed', (request) => {
    // A player gives up a download when it changes its mind (seek, other rung).
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') complaints.push(`failed: ${request.url()}`);
  });
  return { page, complaints };
}
