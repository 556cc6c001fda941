import { join } from 'node:path';
import { execa } from 'execa';

/** Fills x264's lookahead of 40, and every pool behind it. */
export const memoryFrames = 64;

export interface MemorySource {
  path: string;
  codec: string;
  width: number;
  height: number;
  pixelFormat: string;
  demuxer: string;
}

const codecs: Record<string, { args: string; pixelFormat: string; file: string; demuxer: string }> = {
  h264: {
    args: '-c:v libx264 -preset superfast -bf 3 -refs 4 -crf 26',
    ...{ pixelFormat: 'yuv420p', file: 'h264.mp4', demuxer: 'mov' },
  },
  hevc: {
    args: '-c:v libx265 -preset ultrafast -x265-params log-level=error:bframes=4:ref=4 -crf 30',
    ...{ pixelFormat: 'yuv420p10le', file: 'hevc.mp4', demuxer: 'mov' },
  },
  vp9: {
    args: '-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 8M',
    ...{ pixelFormat: 'yuv420p', file: 'vp9.webm', demuxer: 'matroska' },
  },
  prores: {
    args: '-c:v prores_ks',
    ...{ pixelFormat: 'yuv422p10le', file: 'prores.mov', demuxer: 'mov' },
  },
};

/** A short, noisy clip of a codec, 16:9, made by ffmpeg. */
export async function makeMemorySource(
  wanted: { codec: string; height: number; done: string | undefined },
  ffmpeg: string,
  folder: string,
): Promise<MemorySource> {
  const row = codecs[wanted.codec];
  if (!row) throw new RangeError(`no codec ${wanted.codec}: ${Object.keys(codecs).join(', ')}`);
  const { height } = wanted;
  const width = (height * 16) / 9;
  const pixelFormat = wanted.done === 'alpha' ? 'yuva444p10le' : row.pixelFormat;
  const path = join(folder, `${height}-${pixelFormat}-${row.file}`);
  const picture = `testsrc2=size=${width}x${height}:rate=30:duration=${memoryFrames / 30},noise=alls=10:allf=t:all_seed=1`;
  await execa(ffmpeg, [
    ...['-v', 'error', '-nostdin', '-y', '-f', 'lavfi', '-i', picture],
    ...['-pix_fmt', pixelFormat, ...row.args.split(' '), path],
  ]);
  return { path, codec: wanted.codec, width, height, pixelFormat, demuxer: row.demuxer };
}
