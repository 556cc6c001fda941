import type { PipelineResult } from './pipeline.ts';
import type { BenchResult } from './table.ts';

/** `isTrue`: whether the CPU-seconds of tools are seen here; where they are not, those of the pipeline are null. Pure. */
export function pipelineResult(
  { cpuSeconds, wallSeconds, cores, queue, sandbox }: PipelineResult,
  { baseline, isTrue }: { baseline: number; isTrue: boolean },
): BenchResult['pipeline'] {
  return {
    cpu_ratio: isTrue ? round(cpuSeconds / baseline) : null,
    wall_ratio: round(wallSeconds / (baseline / cores)),
    cpu_seconds: isTrue ? round(cpuSeconds) : null,
    wall_seconds: round(wallSeconds),
    one_ffmpeg_cpu_seconds: round(baseline),
    queue,
    sandbox,
  };
}

/** To what noise leaves of a number. Pure. */
export const round = (value: number): number => Number(value.toFixed(2));
