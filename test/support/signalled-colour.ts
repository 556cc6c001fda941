import { execa } from 'execa';
import { testTools } from './clips.ts';

/** What a stream says of its pixels: primaries, transfer, matrix, range, aspect of a pixel, format. */
export async function signalledColour(path: string): Promise<string[]> {
  const fields = ['color_primaries', 'color_transfer', 'color_space', 'color_range', 'sample_aspect_ratio', 'pix_fmt'];
  const { stdout } = await execa((await testTools()).ffprobe.path, [
    ...['-v', 'error', '-select_streams', 'v:0', '-show_entries', `stream=${fields.join()}`, '-of', 'json', path],
  ]);
  const [stream] = (JSON.parse(stdout) as { streams: Record<string, string>[] }).streams;
  return fields.map((field) => stream?.[field] ?? 'none');
}
