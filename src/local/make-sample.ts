import { mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ffmpeg } from '../ffmpeg/run-ffmpeg.ts';

const seconds = 20;

/**
 * The sample that quickstart uploads: 20 s, 1280x720 at 30 frames/s, a moving test picture that draws its own clock and frame
 * number, and a tone that beats once a second. Made once, then kept.
 */
export async function makeSample(folder: string, ffmpeg: Ffmpeg, signal: AbortSignal): Promise<string> {
  const file = join(folder, 'sample.mp4');
  if (await stat(file).catch(() => null)) return file;
  await mkdir(folder, { recursive: true });
  const fresh = join(folder, `sample.${process.pid}.mp4`);
  await ffmpeg.run([...sampleArgs(), fresh], { signal });
  await rename(fresh, file);
  return file;
}

/** Pure: testsrc2 has letters of its own, so no build needs fonts for it. */
const sampleArgs = (): string[] => [
  ...['-f', 'lavfi', '-i', `testsrc2=size=1280x720:rate=30:duration=${seconds}`],
  ...['-f', 'lavfi', '-i', `sine=frequency=440:beep_factor=4:sample_rate=48000:duration=${seconds}`],
  ...['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '20', '-g', '60', '-pix_fmt', 'yuv420p'],
  ...['-c:a', 'aac', '-b:a', '128k', '-movflags', '+faststart'],
];
