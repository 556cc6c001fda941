import { execa } from 'execa';

export const clipSeconds = 32;

/**
 * The clip of the benchmark: 32 s of 720p30 with rotation, movement and noise, as hard as a handheld camera, and a tone.
 * The same arguments give the same clip with the same ffmpeg.
 */
export async function makeBenchClip(ffmpeg: string, path: string): Promise<void> {
  const picture = [
    `testsrc2=size=1920x1080:rate=30:duration=${clipSeconds}`,
    'rotate=a=0.2*sin(t)',
    'crop=1280:720:320+300*sin(t*0.9):180+170*cos(t*0.7)',
    'noise=alls=14:allf=t:all_seed=1',
  ].join();
  await execa(ffmpeg, [
    ...['-v', 'error', '-nostdin', '-y'],
    ...['-f', 'lavfi', '-i', picture],
    ...['-f', 'lavfi', '-i', `sine=frequency=440:duration=${clipSeconds}:sample_rate=48000`],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '25', '-g', '30', '-pix_fmt', 'yuv420p'],
    ...['-c:a', 'aac', '-b:a', '128k', path],
  ]);
}
