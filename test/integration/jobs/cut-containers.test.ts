import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { probe } from '../../../src/jobs/probe.job.ts';
import { clipFolder, ffmpeg } from '../../support/clips.ts';
import { damageContexts } from '../../support/damage-contexts.ts';
import { probeFile } from '../../support/probed.ts';

const contexts = damageContexts();

// Of these the demuxers tell nothing: half a film would be published as a whole one.
test.each([
  [
    'avi',
    ['-c:v', 'mpeg4'],
    /the list of pictures wants [\d,]+ bytes, of which [\d,]+ are there; \d\.\d s are present/,
  ],
  ['wmv', ['-c:v', 'wmv2'], /its data wants [\d,]+ bytes, of which [\d,]+ are there; \d\.\d s are present/],
  ['mxf', ['-c:v', 'mpeg2video'], /its footer should begin at byte [\d,]+ of [\d,]+; \d\.\d s are present/],
  ['flv', ['-c:v', 'flv'], /its last tag is cut off; \d\.\d of 4\.0 s are present/],
])('half of a file (%s) is INPUT_TRUNCATED, or published with a warning', async (container, codec, detail) => {
  const { refusing, publishing } = contexts;
  const whole = join(clipFolder(), `cut-${process.pid}.${container}`);
  await ffmpeg(['-f', 'lavfi', '-i', 'testsrc2=s=64x36:d=4', ...codec, whole]);
  expect((await probeFile(refusing, whole)).warnings.map(({ code }) => code)).not.toContain('end_missing');

  const bytes = await readFile(whole);
  const half = join(refusing.root, `half.${container}`);
  await writeFile(half, bytes.subarray(0, bytes.length / 2));
  const given = await refusing.context(await refusing.addVideo(half));
  await expect(probe.run(given)).rejects.toMatchObject({
    code: 'INPUT_TRUNCATED',
    detail: expect.stringMatching(detail),
  });
  const there = await probeFile(publishing, half);
  expect(there.durationSeconds).toBeGreaterThan(1);
  expect(there.durationSeconds).toBeLessThan(3);
  const [warning] = there.warnings.filter(({ code }) => code === 'end_missing');
  expect(warning?.detail).toMatch(detail);
});
