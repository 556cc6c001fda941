import { CatalogueError } from '../../errors/catalogue-error.ts';
import type { Ffmpeg } from '../../ffmpeg/run-ffmpeg.ts';

/**
 * Encodes one frame on the GPU: the only proof of a device, as ffmpeg lists NVENC on machines that cannot encode (and data
 * centre GPUs such as the H100 have no encoder). Gives null where it works, else the reason in ffmpeg's words.
 */
export async function checkDevice(ffmpeg: Ffmpeg, options: { signal: AbortSignal }): Promise<string | null> {
  // NVENC refuses pictures smaller than about 145x49.
  const picture = ['-f', 'lavfi', '-i', 'color=size=256x256:rate=25:duration=1'];
  try {
    await ffmpeg.run([...picture, '-frames:v', '1', '-c:v', 'h264_nvenc', '-f', 'null', '-'], options);
    return null;
  } catch (error) {
    if (error instanceof CatalogueError) return error.detail;
    throw error;
  }
}
