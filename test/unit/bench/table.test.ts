import { expect, test } from 'vitest';
import { pipelineResult } from '../../../bench/pipeline-result.ts';
import { table } from '../../../bench/table.ts';

const measured = { cpuSeconds: 77, wallSeconds: 42, queue: 'redis', sandbox: 'bwrap', cores: 2 } as const;
const result = (isTrue: boolean) => ({
  machine: { cpu: 'a CPU', cores: 2, node: 'v20', ffmpeg: '5.1' },
  commit: 'abc',
  known_load: { sandbox: 'bwrap', burnt_cpu_seconds: 2, seen_cpu_seconds: isTrue ? 2.02 : 0.08 },
  pipeline: pipelineResult(measured, { baseline: 70, isTrue }),
  control: { ratio: 0.1, segments_per_second: 700, raw_children_per_second: 7_000, segments: 500 },
});

test('the ratios are of CPU-seconds, and of wall time on all cores; the table says them and the sandbox', () => {
  expect(result(true).pipeline).toMatchObject({ cpu_ratio: 1.1, cpu_seconds: 77, wall_ratio: 1.2 });
  const said = table(result(true));
  expect(said).toMatch(/^pipeline\.cpu_ratio +1\.1 +<= 1\.10$/m);
  expect(said).toContain('sandbox bwrap, queue redis');
  expect(said).not.toContain('python3');
});

test('where the CPU-seconds of tools are not seen there is no ratio of them, and the table says why', () => {
  expect(result(false).pipeline).toMatchObject({ cpu_ratio: null, cpu_seconds: null, wall_ratio: 1.2 });
  const said = table(result(false));
  expect(said).toMatch(/^pipeline\.cpu_ratio +- +<= 1\.10$/m);
  expect(said).toContain('0.08 of 2 were. It needs Linux and python3');
});
