import { describe, expect, test } from 'vitest';
import { colourCube } from '../../../src/ffmpeg/colour-cube.ts';
import { mapColours } from '../../../src/ffmpeg/colour-map.ts';
import { hdrReferences } from '../../support/hdr-references.ts';

describe.each(hdrReferences)('$transfer of up to $peakNits cd/m2', ({ transfer, peakNits, patches }) => {
  const mapped = mapColours({ kind: transfer, peakNits, primaries: 'bt2020', version: 1 });
  test.each(patches)('$name is what another computation from the standards says', ({ codes: [y, cb, cr], bt709 }) => {
    const luma = (y - 64) / 876;
    const [blue, red] = [luma + (1.8814 * (cb - 512)) / 896, luma + (1.4746 * (cr - 512)) / 896];
    const green = (luma - 0.2627 * red - 0.0593 * blue) / 0.678;
    const within = (value: number) => Math.min(1, Math.max(0, value));
    const found = mapped([within(red), within(green), within(blue)]);
    for (const [at, value] of found.entries()) expect(Math.abs(value - (bt709[at] ?? 0))).toBeLessThan(0.003);
  });
});

test('light beyond the peak is white, and nothing is brighter or darker than the output can be', () => {
  const mapped = mapColours({ kind: 'pq', peakNits: 600, primaries: 'bt2020', version: 1 });
  for (const value of mapped([1, 1, 1])) expect(value).toBeCloseTo(1, 6);
  for (const value of [...mapped([1, 0, 0]), ...mapped([0, 1, 0.3])]) {
    expect(value).toBeGreaterThanOrEqual(0);
    expect(value).toBeLessThanOrEqual(1);
  }
});

test('a source no brighter than standard white is not dimmed', () => {
  const mapped = mapColours({ kind: 'pq', peakNits: 150, primaries: 'bt2020', version: 1 });
  // 100 cd/m2 is 0.5081 of PQ.
  for (const value of mapped([0.50808, 0.50808, 0.50808])) expect(value).toBeCloseTo((100 / 203) ** (1 / 2.4), 3);
});

test('the cube is text of one size whose red changes fastest', () => {
  const [head, first, second, ...rest] = colourCube({
    ...{ kind: 'gamut', primaries: 'bt709', transfer: 'bt709', version: 1 },
  }).split('\n');
  expect(head).toBe('LUT_3D_SIZE 33');
  expect([first, second]).toEqual(['0.000000 0.000000 0.000000', '0.031250 0.000000 0.000000']);
  expect(rest).toHaveLength(33 ** 3 - 2 + 1);
});
