import { cpus } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../src/config.ts';
import { findTools } from '../src/ffmpeg/find-tools.ts';
import { oneFfmpegCpuSeconds } from './baseline.ts';
import { clipSeconds, makeBenchClip } from './clip.ts';
import { commit } from './commit.ts';
import { measureControl } from './control.ts';
import { isSeen, measureLoad } from './known-load.ts';
import { measurePipeline } from './pipeline.ts';
import { pipelineResult, round } from './pipeline-result.ts';
import type { BenchResult } from './table.ts';

/** Measures everything that docs/benchmarks.md names, one after the other, in this folder. `say` is told what comes next. */
export async function measureRatios(folder: string, say: (text: string) => void): Promise<BenchResult> {
  const config = readConfig(process.env);
  const tools = await findTools({ ffmpegPath: config.FFMPEG_PATH, ffprobePath: config.FFPROBE_PATH });
  say(`making the clip (${clipSeconds} s of 720p30) …`);
  const clip = join(folder, 'clip.mp4');
  await makeBenchClip(tools.ffmpeg.path, clip);
  say('one ffmpeg …');
  const baseline = await oneFfmpegCpuSeconds(tools.ffmpeg.path, clip, folder);
  say('a known load …');
  const load = await measureLoad(folder);
  say('the pipeline …');
  const pipeline = await measurePipeline(clip, folder);
  say('the control plane …');
  const control = await measureControl(folder);
  return {
    machine: {
      cpu: cpus()[0]?.model.trim(),
      cores: pipeline.cores,
      node: process.version,
      ffmpeg: tools.ffmpeg.version,
    },
    commit: commit(),
    known_load: {
      sandbox: load.sandbox,
      burnt_cpu_seconds: round(load.burntSeconds),
      seen_cpu_seconds: round(load.seenSeconds),
    },
    pipeline: pipelineResult(pipeline, { baseline, isTrue: isSeen(load) && load.sandbox === pipeline.sandbox }),
    control: {
      ratio: round(control.segmentsPerSecond / control.rawChildrenPerSecond),
      segments_per_second: Math.round(control.segmentsPerSecond),
      raw_children_per_second: Math.round(control.rawChildrenPerSecond),
      segments: control.segments,
    },
  };
}
