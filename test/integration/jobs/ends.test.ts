import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { clipFolder, ffmpeg } from '../../support/clips.ts';
import { damageContexts } from '../../support/damage-contexts.ts';
import type { TestContext } from '../../support/job-context.ts';
import { probeFile } from '../../support/probed.ts';

const contexts = damageContexts();

/** Four seconds of picture, and as many of sound as are asked for, copied into a container. */
async function makeClip(container: string, { sound = 4, output = [] as string[] } = {}): Promise<Buffer> {
  const path = join(clipFolder(), `ends-${process.pid}-${sound}.${container}`);
  const picture = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '0', '-g', '25', '-c:a', 'aac'];
  const inputs = ['-f', 'lavfi', '-i', 'testsrc2=s=64x36:r=25:d=4', '-f', 'lavfi', '-i', `sine=d=${sound}`];
  await ffmpeg([...inputs, ...picture, ...output, path]);
  return readFile(path);
}

async function endingOf(testContext: TestContext, name: string, bytes: Buffer) {
  const path = join(testContext.root, name);
  await writeFile(path, bytes);
  const { durationSeconds, warnings } = await probeFile(testContext, path);
  return { durationSeconds, said: warnings.flatMap(({ code, detail }) => (code === 'end_missing' ? [detail] : [])) };
}

describe('fragmented MP4', () => {
  const output = ['-movflags', 'frag_keyframe+empty_moov'];
  const clip = () => makeClip('mp4', { output });
  const share = (bytes: Buffer, of: number) => Math.floor(bytes.length * of);

  test('whole, or with a tag behind its end: nothing is said', async () => {
    const bytes = await clip();
    const tag = Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125)]);
    for (const whole of [bytes, Buffer.concat([bytes, tag])]) {
      const found = await endingOf(contexts.refusing, 'whole.mp4', whole);
      expect(found.durationSeconds).toBeCloseTo(4, 1);
      expect(found.said).toEqual([]);
    }
  });

  test('zeros in the middle, behind which fragments lie that nothing leads to: refused with where, or published up to there', async () => {
    const bytes = await clip();
    bytes.fill(0, share(bytes, 0.45), share(bytes, 0.55));
    const detail =
      /^Nothing can be read behind [12]\.\d s: its fragments break off at byte [\d,]+ of [\d,]+, and go on at byte [\d,]+\.$/;
    await expect(endingOf(contexts.refusing, 'hole.mp4', bytes)).rejects.toMatchObject({
      code: 'INPUT_DAMAGED',
      detail: expect.stringMatching(detail),
    });
    const { durationSeconds, said } = await endingOf(contexts.publishing, 'hole.mp4', bytes);
    expect(durationSeconds).toBeGreaterThanOrEqual(1);
    expect(said).toEqual([expect.stringMatching(detail)]);
  });

  test.each([
    ['cut in the middle of a fragment', (bytes: Buffer) => bytes.subarray(0, share(bytes, 0.7)), /the box mdat wants/],
    ['zeros to its end', (bytes: Buffer) => bytes.fill(0, share(bytes, 0.7)), /from byte [\d,]+ of [\d,]+ on it holds/],
  ])('%s: what is there, as of a live recording, and a warning', async (_, damage, words) => {
    const { durationSeconds, said } = await endingOf(contexts.refusing, 'cut.mp4', damage(await clip()));
    expect(durationSeconds).toBeGreaterThanOrEqual(2);
    expect(durationSeconds).toBeLessThan(3.5);
    expect(said).toEqual([expect.stringMatching(words)]);
    expect(said[0]).toMatch(/; [23]\.\d s are present\.$/);
  });
});

/** Without what ffmpeg writes of the length of each track. */
const undated = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.toString('latin1').replaceAll('DURATION', 'WHATEVER'), 'latin1');

describe('the picture is whole', () => {
  test.each([
    ['zeros behind an FLV', (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(4096)])],
    ['a tag behind an FLV', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('TAG'), Buffer.alloc(125)])],
    ['the last four bytes of an FLV are gone', (bytes: Buffer) => bytes.subarray(0, -4)],
  ])('%s: not refused', async (_, damage) => {
    const { durationSeconds, said } = await endingOf(contexts.refusing, 'whole.flv', damage(await makeClip('flv')));
    expect(durationSeconds).toBeCloseTo(4, 2);
    expect(said.join()).not.toMatch(/ of 4\.0 s/);
  });

  test.each([
    // ffmpeg tells how long each track is; others do not.
    ['mkv, which tells it', 'mkv', [], /; 4\.0 s are present\.$/],
    [
      'mkv, which tells only how long all is',
      'mkv',
      [undated],
      /; 4\.0 s of the picture .* [4-6]\.\d of 7\.0 s of the sound/,
    ],
    ['flv', 'flv', [], /; 4\.0 s of the picture are present, and [56]\.\d of 7\.0 s of the sound\.$/],
  ])('and sound that goes on behind it is cut off (%s): not refused', async (_, container, damages, words) => {
    const bytes = damages.reduce((file, damage) => damage(file), await makeClip(container, { sound: 7 }));
    const { durationSeconds, said } = await endingOf(contexts.refusing, `sound.${container}`, bytes.subarray(0, -3000));
    expect(durationSeconds).toBeCloseTo(4, 1);
    expect(said).toEqual([expect.stringMatching(words)]);
  });

  test('half of it is not, whatever its sound: refused with the seconds of the picture', async () => {
    const bytes = await makeClip('mkv', { sound: 7 });
    await expect(endingOf(contexts.refusing, 'half.mkv', bytes.subarray(0, bytes.length / 2))).rejects.toMatchObject({
      code: 'INPUT_TRUNCATED',
      detail: expect.stringMatching(/ [123]\.\d of 4\.0 s are present\.$/),
    });
  });
});
