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
interface Analyser {
  fftSize: number;
  smoothingTimeConstant: number;
  frequencyBinCount: number;
  context: { sampleRate: number };
  getFloatFrequencyData(levels: Float32Array): void;
  connect(to: unknown): void;
}
interface Sound {
  destination: unknown;
  createAnalyser(): Analyser;
  createMediaElementSource(element: unknown): { connect(to: unknown): void };
  resume(): Promise<void>;
}
interface ListenedElement {
  ownerDocument: { defaultView: { AudioContext: new () => Sound } };
  analyser?: Analyser;
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
  return { ...video, engine: data.engine, errors: Number(data.errors), renditions, sound: data.sound };
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

/** Shows the little picture over the time line, at a fraction of it, and waits until it has been loaded. */
export async function previewAt(page: Page, fraction: number): Promise<void> {
  const line = await page.locator('media-time-range').boundingBox();
  if (!line) throw new Error('no time line');
  for (const place of [fraction - 0.05, fraction]) {
    await page.mouse.move(line.x + line.width * place, line.y + line.height / 2);
  }
  // A locator sees into the control's shadow tree.
  const picture = page.locator('media-time-range media-preview-thumbnail img');
  await picture.waitFor();
  expect(await picture.getAttribute('src')).toContain('sprite');
  const width = () => picture.evaluate((image: { naturalWidth: number }) => image.naturalWidth);
  await expect.poll(width, patience).toBeGreaterThan(0);
}

/** The tone that can be heard now, Hz: what the element plays goes through an analyser, whichever engine feeds it. */
export async function heardTone(page: Page): Promise<number> {
  return page.locator('video').evaluate(async (video: ListenedElement) => {
    if (!video.analyser) {
      const context = new video.ownerDocument.defaultView.AudioContext();
      video.analyser = context.createAnalyser();
      video.analyser.fftSize = 8_192;
      video.analyser.smoothingTimeConstant = 0;
      context.createMediaElementSource(video).connect(video.analyser);
      video.analyser.connect(context.destination);
      await context.resume();
    }
    const levels = new Float32Array(video.analyser.frequencyBinCount);
    video.analyser.getFloatFrequencyData(levels);
    const loudest = levels.reduce((best, level, bin) => (level > (levels[best] ?? 0) ? bin : best), 0);
    return (loudest * video.analyser.context.sampleRate) / video.analyser.fftSize;
  });
}

/** Takes one of the audio menu by the keyboard alone, as many lines below the first. */
export async function chooseSoundByKeys(page: Page, line: number): Promise<void> {
  const focused = () => page.evaluate('document.activeElement.localName');
  await page.focus('#sounds-button');
  await page.keyboard.press('Enter');
  await expect.poll(focused, patience).toBe('media-audio-track-menu');
  await page.keyboard.press('Home');
  for (let below = 0; below < line; below++) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect.poll(focused, patience).toBe('media-audio-track-menu-button');
}
