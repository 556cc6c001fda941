// `npm run bench [-- --json]`: ratios against raw ffmpeg and raw BullMQ, measured in one run.
// `npm run bench -- neighbours [--json]`: how much longer good films take beside bad files.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTools } from '../src/ffmpeg/find-tools.ts';
import { oneFfmpegCpuSeconds } from './baseline.ts';
import { clipSeconds, makeBenchClip } from './clip.ts';
import { measureControl } from './control.ts';
import { measureNeighbours, neighboursTable } from './neighbours.ts';
import { measurePipeline } from './pipeline.ts';
import { table } from './table.ts';

const json = process.argv.includes('--json');
const say = (text: string) => process.stderr.write(`${text}\n`);
const round = (value: number) => Number(value.toFixed(2));

const folder = await mkdtemp(join(tmpdir(), 'reelmill-bench-'));
// The processes that were started end with this one; its folder would stay.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(1);
  });
}
try {
  process.stdout.write(`${process.argv.includes('neighbours') ? await neighbours() : await ratios()}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function neighbours(): Promise<string> {
  say('ten good films alone, beside trivial ones and beside bad files …');
  const result = await measureNeighbours(folder);
  if (!json) return neighboursTable(result);
  const { aloneSeconds, besideTrivialSeconds, besideBadSeconds } = result;
  return JSON.stringify({
    commit: commit(),
    neighbours: {
      alone_seconds: round(aloneSeconds),
      beside_trivial_seconds: round(besideTrivialSeconds),
      beside_bad_seconds: round(besideBadSeconds),
      ratio: round(besideBadSeconds / besideTrivialSeconds),
    },
  });
}

async function ratios(): Promise<string> {
  const tools = await findTools();
  say(`making the clip (${clipSeconds} s of 720p30) …`);
  const clip = join(folder, 'clip.mp4');
  await makeBenchClip(tools.ffmpeg.path, clip);
  say('one ffmpeg …');
  const baseline = await oneFfmpegCpuSeconds(tools.ffmpeg.path, clip, folder);
  say('the pipeline …');
  const pipeline = await measurePipeline(clip, folder);
  say('the control plane …');
  const control = await measureControl(folder);

  const result = {
    machine: {
      cpu: cpus()[0]?.model.trim(),
      cores: pipeline.cores,
      node: process.version,
      ffmpeg: tools.ffmpeg.version,
    },
    commit: commit(),
    pipeline: {
      cpu_ratio: round(pipeline.cpuSeconds / baseline),
      wall_ratio: round(pipeline.wallSeconds / (baseline / pipeline.cores)),
      cpu_seconds: round(pipeline.cpuSeconds),
      wall_seconds: round(pipeline.wallSeconds),
      one_ffmpeg_cpu_seconds: round(baseline),
      queue: pipeline.queue,
    },
    control: {
      ratio: round(control.segmentsPerSecond / control.rawChildrenPerSecond),
      segments_per_second: Math.round(control.segmentsPerSecond),
      raw_children_per_second: Math.round(control.rawChildrenPerSecond),
      segments: control.segments,
    },
  };
  return json ? JSON.stringify(result) : table(result);
}

function commit(): string | null {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null;
  }
}
