import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLog } from '../../src/log.ts';
import { runProcess } from '../../src/process/run-process.ts';
import { testTools } from './clips.ts';
import { encodeClip, readRendition, renditionsOf } from './encode-clip.ts';
import type { TestContext } from './job-context.ts';

/** Encodes a clip by the real handlers, and gives the PSNR (dB) of the worst frame of its largest rung. Throws where frames are missing. */
export async function worstFrame(context: TestContext, path: string): Promise<number> {
  const { plan, runId } = await encodeClip(context, path);
  const rung = plan.rungs.at(-1);
  const { init, media } = await readRendition(context, runId, renditionsOf(plan).at(-1) ?? '');
  const joined = join(context.root, `${runId}.mp4`);
  await writeFile(joined, Buffer.concat([init, media]));
  const found = await comparePictures(joined, path, {
    ...{ width: rung?.width ?? 0, height: rung?.height ?? 0 },
    matrix: plan.picture?.colour.matrix ?? 'bt709',
  });
  if (found.length !== plan.source.frames) throw new Error(`${found.length} of ${plan.source.frames} frames`);
  return Math.min(...found);
}

/**
 * PSNR (dB) of every frame of a made video against the frame of the same number of its source, both at the made one's size and matrix. Frames are
 * compared by number: where they lie in time is measured elsewhere, and a decoder shows our fragments late by the B-frame delay.
 */
async function comparePictures(
  made: string,
  source: string,
  { width, height, matrix }: { width: number; height: number; matrix: string },
): Promise<number[]> {
  const { ffmpeg } = await testTools();
  const graph =
    `[0:v:0]setpts=N/25/TB,format=yuv420p[made];` +
    `[1:v:0]setpts=N/25/TB,scale=${width}:${height}:in_color_matrix=${matrix}:out_color_matrix=bt709,setsar=1,format=yuv420p[source];[made][source]psnr=stats_file=-`;
  const found: number[] = [];
  await runProcess(
    ffmpeg.path,
    ['-nostdin', '-v', 'error', '-i', made, '-i', source, '-lavfi', graph, '-vsync', 'passthrough', '-f', 'null', '-'],
    {
      signal: AbortSignal.timeout(60_000),
      log: createLog({ level: 'silent', name: 'test' }),
      onStdoutLine(line) {
        const value = /psnr_avg:(\S+)/.exec(line)?.[1];
        if (value !== undefined) found.push(value === 'inf' ? Number.POSITIVE_INFINITY : Number(value));
      },
    },
  );
  return found;
}
