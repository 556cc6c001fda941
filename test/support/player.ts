import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** The part of a page's elements that these tests read; the project is compiled without a browser's types. */
interface VideoElement {
  currentTime: number;
  duration: number;
  ended: boolean;
  seeking: boolean;
  readyState: number;
  videoHeight: number;
  error: { code: number } | null;
  play(): Promise<void>;
}
interface ElementWithData {
  dataset: Record<string, string | undefined>;
}

const patience = { timeout: 20_000, interval: 50 };

/** What the player page says of itself, and what its video element says. */
export async function player(page: Page) {
  const data = await page.locator('#watch').evaluate((watch: ElementWithData) => ({ ...watch.dataset }));
  const video = await page.locator('video').evaluate((element: VideoElement) => ({
    time: element.currentTime,
    height: element.videoHeight,
    seeking: element.seeking,
    readyState: element.readyState,
    seconds: Math.round(element.duration),
    mediaError: element.error?.code ?? null,
  }));
  const renditions = (data.renditions ?? '').split(' ');
  return { ...video, engine: data.engine, errors: Number(data.errors), renditions };
}

/** Plays until the picture has moved by so many seconds. */
export async function playFor(page: Page, seconds: number): Promise<void> {
  const start = await page.locator('video').evaluate(async (video: VideoElement) => {
    if (video.ended) video.currentTime = 0;
    await video.play();
    return video.currentTime;
  });
  await expect.poll(async () => (await player(page)).time, patience).toBeGreaterThanOrEqual(start + seconds);
}

/** Seeks, and waits until there is a picture of that moment. */
export async function seekTo(page: Page, seconds: number): Promise<void> {
  await page.locator('video').evaluate((video: VideoElement, time: number) => {
    video.currentTime = time;
  }, seconds);
  const arrived = async () => {
    const { seeking, readyState, time } = await player(page);
    return !seeking && readyState >= 2 && time >= seconds;
  };
  await expect.poll(arrived, patience).toBe(true);
}

/** Takes one of the quality menu, and waits until the picture has its height. */
export async function chooseQuality(page: Page, height: number): Promise<void> {
  await page.click('#quality-button');
  await page
    .locator('#quality media-chrome-menu-item', { hasText: `${height}p` })
    .first()
    .click();
  await expect.poll(async () => (await player(page)).height, patience).toBe(height);
}
