import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ffmpeg } from './clips.ts';

/** SSIM of every frame of a made video against the frame of the same number of its source, at the made one's size (`320x180`). */
export async function ssimOfFrames(made: string, source: string, size: string): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'reelmill-ssim-'));
  try {
    const scale = `scale=${size.replace('x', ':')}:flags=bicubic+accurate_rnd+bitexact,setsar=1,format=yuv420p`;
    const stats = join(folder, 'stats');
    // By number: a decoder shows our fragments late by the B-frame delay.
    const graph = `[0:v:0]setpts=N/25/TB[a];[1:v:0]${scale},setpts=N/25/TB[b];[a][b]ssim=stats_file=${stats}`;
    await ffmpeg(['-i', made, '-i', source, '-lavfi', graph, '-vsync', 'passthrough', '-f', 'null', '-']);
    return (await readFile(stats, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => Number(/All:(\S+)/.exec(line)?.[1]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
