import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeClip } from '../support/clips.ts';
import { type QueueUrls, until } from '../support/queue.ts';
import { openWholeSystem, type WholeSystem } from '../support/whole-system.ts';

interface Backend {
  urls(): QueueUrls;
  /** Deletes everything that the queue knows. */
  lose(): Promise<void>;
}

/** Six segments of 4 s, each a second or two of work: time enough to strike in the middle. */
const clip = { name: 'chaos', seconds: 24, fps: 25, size: '640x360' };
const timeoutMs = 110_000;

/** The two tests that show that Postgres is the truth: the queue is lost, and a worker is, in mid-run. */
export function lostWorkTests(name: string, backend: Backend): void {
  describe(`lost work, queue on ${name}`, () => {
    let system: WholeSystem;
    let source = '';
    let undisturbed: Record<string, string> = {};

    beforeAll(async () => {
      source = await makeClip(clip);
      system = await openWholeSystem(backend.urls());
      await system.startRelay();
      const worker = await system.startWorker();
      const videoId = await system.upload(source);
      expect(await system.untilFinal(videoId, timeoutMs)).toMatchObject({ status: 'ready', errorCode: null });
      undisturbed = await system.mediaHashes(videoId);
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
      await until('no tool is running', 10_000, async () => (await ffmpegs()).length === 0);
      await expect.poll(() => readdir(join(system.home, 'work')), { timeout: 10_000 }).toEqual([]);
    };

    test('the undisturbed run made every rendition whole', () => {
      const names = Object.keys(undisturbed);
      for (const rendition of ['h264/360p', 'h264/240p', 'audio/aac_128k', 'audio/aac_64k']) {
        const media = names.filter((file) => file.startsWith(`${rendition}/`));
        expect(media.filter((file) => file.endsWith('.m4s'))).toHaveLength(6);
        expect(media).toContain(`${rendition}/init.mp4`);
      }
    });

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
