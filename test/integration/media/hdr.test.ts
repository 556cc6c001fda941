import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builds } from '../../support/clips.ts';
import { readPatches, writePatches } from '../../support/colour-patches.ts';
import { deltaE2000 } from '../../support/delta-e.ts';
import { hdrReferences } from '../../support/hdr-references.ts';
import { makePictures } from '../../support/make-pictures.ts';
import { signalledColour } from '../../support/signalled-colour.ts';

describe.each(builds)('with $build', ({ tools }) => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reelmill-hdr-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(hdrReferences)(
    'HDR ($transfer, $peakNits cd/m2) becomes what the standards’ formulas say',
    async ({ transfer, peakNits, patches }) => {
      // Its name has what a graph of filters takes for its own.
      const workDir = await mkdtemp(join(folder, "it's [a], b:c;"));
      const path = join(workDir, 'source.mkv');
      const codes = patches.map((patch) => [...patch.codes]);
      const size = await writePatches(path, codes, 'yuv444p10le', ['-c:v', 'ffv1']);
      const found = {
        ...{ codedWidth: size.width, codedHeight: size.height, ...size, pixelFormat: 'yuv444p10le' },
        colour: {
          ...{ primaries: 'bt2020', transfer: transfer === 'pq' ? 'smpte2084' : 'arib-std-b67', matrix: 'bt2020nc' },
          range: 'limited' as const,
        },
        hdr: { transfer, peakNits },
      };
      const made = await makePictures({
        ...{ tools: await tools(), workDir, path, demuxer: 'matroska', found },
        timeBase: { numerator: 1, denominator: 1_000 },
      });
      const shown = await readPatches(made.path, size);
      const wrong = patches.flatMap(({ name, bt709 }, at) => {
        const difference = deltaE2000(shown[at] ?? [0, 0, 0], bt709);
        return difference < 4 ? [] : [{ name, difference, shown: shown[at], bt709 }];
      });
      expect(wrong).toEqual([]);
      expect(await signalledColour(made.path)).toEqual(['bt709', 'bt709', 'bt709', 'tv', '1:1', 'yuv420p']);
    },
  );
});
