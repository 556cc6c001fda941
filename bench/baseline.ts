import { join } from 'node:path';
import { execa } from 'execa';
import { encoders } from '../src/ffmpeg/encoders/encoders.ts';
import { ladderFor } from '../src/plan/ladder.ts';
import { standardPolicy } from '../src/plan/policy.ts';

/**
 * CPU-seconds (user and system) of one plain ffmpeg that makes from one decode what the default policy makes: the same
 * rungs with the same encoder settings, both AAC tracks and the sprite. Threads are ffmpeg's own choice.
 */
export async function oneFfmpegCpuSeconds(ffmpeg: string, clip: string, folder: string): Promise<number> {
  const rungs = ladderFor({ width: 1280, height: 720, frameRate: 30 }, standardPolicy);
  const { thumbnails, audio, gopSeconds } = standardPolicy;
  const pictures = rungs.map((rung, n) => `[p${n}]scale=${rung.width}:${rung.height},setsar=1,format=yuv420p[v${n}]`);
  const sprite = `fps=1/${thumbnails.intervalSeconds},scale=${thumbnails.width}:-2,tile=${thumbnails.columns}x${thumbnails.rows}`;
  const graph = [
    `[0:v]split=${rungs.length + 1}${rungs.map((_, n) => `[p${n}]`).join('')}[t]`,
    ...pictures,
    `[t]${sprite}[sprite]`,
    `[0:a]asplit=${audio.bitratesKbps.length}${audio.bitratesKbps.map((_, n) => `[a${n}]`).join('')}`,
  ].join(';');

  const { stderr } = await execa(ffmpeg, [
    ...['-hide_banner', '-nostdin', '-y', '-benchmark', '-i', clip, '-filter_complex', graph],
    ...rungs.flatMap((rung, n) => [
      ...['-map', `[v${n}]`, ...encoders[rung.encoder].args(rung)],
      ...['-force_key_frames', `expr:gte(t,n_forced*${gopSeconds})`, join(folder, `${rung.name}.mp4`)],
    ]),
    ...audio.bitratesKbps.flatMap((kbps, n) => [
      ...['-map', `[a${n}]`, '-c:a', 'aac', '-b:a', `${kbps}k`, join(folder, `${kbps}k.m4a`)],
    ]),
    ...['-map', '[sprite]', '-frames:v', '1', join(folder, 'sprite.jpg')],
  ]);
  const times = /bench: utime=([\d.]+)s stime=([\d.]+)s/.exec(stderr);
  if (!times) throw new Error('ffmpeg -benchmark said nothing');
  return Number(times[1]) + Number(times[2]);
}
