import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ClipOptions, makeClip } from '../support/clips.ts';
import { type QueueUrls, until } from '../support/queue.ts';
import { openWholeSystem, type WholeSystem } from '../support/whole-system.ts';

interface Backend {
  urls(): QueueUrls;
  /** Deletes everything that the queue knows. */
  lose(): Promise<void>;
}

interface Variant {
  clip: ClipOptions;
  /** What is made of it. */
  renditions: string[];
  /** Beside those that all have in common. */
  settings(): Promise<Record<string, string>>;
  /** Brings in the first video, the one that nothing disturbs; gives its id. */
  upload(system: WholeSystem, path: string): Promise<string>;
  /** More tests of that video. */
  more?(undisturbed: () => { system: WholeSystem; videoId: string }): void;
}

/** Six segments of 4 s, each a second or two of work: time enough to strike in the middle. */
const standard: Variant = {
  clip: { name: 'chaos', seconds: 24, fps: 25, size: '640x360' },
  renditions: ['h264/360p', 'h264/240p', 'audio/aac_128k', 'audio/aac_64k'],
  settings: async () => ({}),
  upload: (system, path) => system.upload(path),
};
const timeoutMs = 110_000;

/** The two tests that show that Postgres is the truth: the queue is lost, and a worker is, in mid-run. */
export function lostWorkTests(name: string, backend: Backend, variant: Partial<Variant> = {}): void {
  const { clip, renditions, settings, upload, more } = { ...standard, ...variant };
  describe(`lost work, queue on ${name}`, () => {
    let system: WholeSystem;
    let source = '';
    let first = '';
    let undisturbed: Record<string, string> = {};

    beforeAll(async () => {
      source = await makeClip(clip);
      system = await openWholeSystem(backend.urls(), await settings());
      await system.startRelay();
      const worker = await system.startWorker();
      first = await upload(system, source);
      expect(await system.untilFinal(first, timeoutMs)).toMatchObject({ status: 'ready', errorCode: null });
      undisturbed = await system.mediaHashes(first);
      await worker.stop();
    }, timeoutMs);
    afterAll(() => system?.close());

    /** When at least one encode is committed, and before the last one is. */
    const untilMidEncode = (videoId: string) =>
      until('the first encode is committed', 60_000, async () => (await system.encodes(videoId)).committed >= 1);

    const expectSameOutput = async (videoId: string) => {
      expect(await system.untilFinal(videoId, timeoutMs)).toMatchObject({ status: 'ready', errorCode: null });
      expect(await system.mediaHashes(videoId)).toEqual(undisturbed);
    };

    /** I7: no encoder runs, no folder of a job is left. */
    const expectNoResidue = async () => {
      const ffmpegs = async () => (await system.processes()).filter((command) => /ffmpeg|packager/.test(command));
      await until('no tool is running', 30_000, async () => (await ffmpegs()).length === 0);
      await expect.poll(() => readdir(join(system.home, 'work')), { timeout: 10_000 }).toEqual([]);
    };

    test('the undisturbed run made every rendition whole', () => {
      const names = Object.keys(undisturbed);
      for (const rendition of renditions) {
        const media = names.filter((file) => file.startsWith(`${rendition}/`));
        expect(media.filter((file) => file.endsWith('.m4s'))).toHaveLength(clip.seconds / 4);
        expect(media).toContain(`${rendition}/init.mp4`);
      }
    });

    more?.(() => ({ system, videoId: first }));

    test('the whole queue deleted in mid-run: the same bytes, under a new run', { timeout: timeoutMs }, async () => {
      const worker = await system.startWorker();
      const videoId = await system.upload(source);
      await untilMidEncode(videoId);
      const { runId } = await system.video(videoId);
      await backend.lose();
      const { committed, all } = await system.encodes(videoId);
      expect(committed).toBeGreaterThanOrEqual(1);
      expect(committed).toBeLessThan(all);

      await expectSameOutput(videoId);
      expect((await system.video(videoId)).runId).not.toBe(runId);
      await worker.stop();
      await expectNoResidue();
    });

    test('kill -9 of a worker in mid-encode: the same bytes, in the same run', { timeout: timeoutMs }, async () => {
      const worker = await system.startWorker();
      const videoId = await system.upload(source);
      await untilMidEncode(videoId);
      const { runId } = await system.video(videoId);
      await worker.kill9();
      const { committed, all } = await system.encodes(videoId);
      expect(committed).toBeGreaterThanOrEqual(1);
      expect(committed).toBeLessThan(all);

      const second = await system.startWorker();
      await expectSameOutput(videoId);
      expect((await system.video(videoId)).runId).toBe(runId);
      await second.stop();
      await expectNoResidue();
    });
  });
}
