import { expect, test } from 'vitest';
import { toolLimits } from '../../../src/plan/tool-limits.ts';

const [mebi, gibi] = [2 ** 20, 2 ** 30];

test.each([
  // Peaks of address space, measured: an encode of 2160p into three rungs with 197 threads, ffmpeg 5.1; its memory in use was 1,240 MiB.
  ['2160p', { memoryBytes: 1_240 * mebi, sourceBytes: gibi }, { memory: 3_894 * mebi, file: 8 * gibi }],
  // 40 million pixels of 16-bit RGB in the 32 frames that a decoder of 16 threads keeps.
  ['a look at large pictures', { memoryBytes: 0, sourceBytes: 0 }, { memory: 32 * 40e6 * 6, file: 2 * gibi }],
  // Twelve hours of 16 Mbit/s out of twelve hours of 1 Mbit/s.
  ['a long encode', { memoryBytes: gibi, sourceBytes: 5.4e9 }, { memory: gibi, file: 86.4e9 }],
])('real work fits: %s', (_what, job, needed) => {
  const limits = toolLimits(job);
  expect(limits.memoryBytes).toBeGreaterThan(needed.memory);
  expect(limits.fileBytes).toBeGreaterThan(needed.file);
});

test('what runs away does not: a small job, a small source', () => {
  const limits = toolLimits({ memoryBytes: 100 * mebi, sourceBytes: mebi });
  expect(limits.memoryBytes).toBeLessThan(4 * gibi);
  expect(limits.fileBytes).toBeLessThan(5 * gibi);
});
