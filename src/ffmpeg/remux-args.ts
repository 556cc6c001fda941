import type { Demuxer } from './formats.ts';
import { type InputFile, inputArgs, withAnyErrors } from './input-args.ts';
import type { Stream } from './parse-streams.ts';
import { patience } from './probe-args.ts';

/** Video codecs that MP4 takes. MOV takes those of cutting rooms; the others go to Matroska, which rounds times to 1 ms. */
const mp4Video = ['h264', 'hevc', 'av1', 'vp9', 'mpeg1video', 'mpeg2video', 'mpeg4', 'vc1', 'mjpeg'];
const movVideo = ['prores', 'dnxhd'];

export interface Remux {
  input: InputFile;
  video: Stream;
  audio: Stream[];
  /** Sound is not copied but decoded, and kept as FLAC: lost packets leave what is no AAC any more. Default: false. */
  decodeSound?: boolean;
}

/** The demuxer that reads a remux, the end of its name, and its sound. */
export interface RemuxContainer {
  /** For people. */
  name: string;
  demuxer: Demuxer;
  extension: string;
  /** Audio codecs that it takes as they are. */
  copiedAudio: readonly string[];
  /** What the others become: it loses nothing. */
  losslessAudio: 'flac' | 'alac';
}

const sound = {
  copiedAudio: ['aac', 'mp2', 'mp3', 'ac3', 'eac3', 'dts', 'opus', 'vorbis', 'flac', 'alac'],
  losslessAudio: 'flac',
} as const;
const mp4: RemuxContainer = { name: 'MP4', demuxer: 'mov', extension: 'mp4', ...sound };
const matroska: RemuxContainer = { name: 'Matroska', demuxer: 'matroska', extension: 'mkv', ...sound };
const mov: RemuxContainer = {
  ...{ name: 'MOV', demuxer: 'mov', extension: 'mov' },
  ...{ copiedAudio: ['aac', 'mp3', 'ac3', 'alac'], losslessAudio: 'alac' },
};

/** What a picture of this codec is copied into. Pure. */
export function remuxContainer(videoCodec: string): RemuxContainer {
  if (mp4Video.includes(videoCodec)) return mp4;
  return movVideo.includes(videoCodec) ? mov : matroska;
}

/**
 * ffmpeg: copies the chosen streams into a container with an index, video first, then the sound tracks in their order. They keep their distance in time;
 * where the file begins may move.
 */
export function remuxArgs({ input, video, audio, decodeSound = false }: Remux, output: string): string[] {
  const container = remuxContainer(video.codec_name);
  return [
    ...withAnyErrors,
    ...patience,
    ...['-fflags', '+genpts'], // MPEG-PS leaves times out that follow from the order; without it dts is taken for pts
    ...inputArgs(input),
    ...[video, ...audio].flatMap(({ index }) => ['-map', `0:${index}`]),
    ...['-map_metadata', '-1', '-map_chapters', '-1', '-sn', '-dn'], // nothing that a stranger wrote goes along
    ...['-c:v', 'copy'],
    ...audio.flatMap(({ codec_name }, nth) => [
      `-c:a:${nth}`,
      container.copiedAudio.includes(codec_name) && !decodeSound ? 'copy' : container.losslessAudio,
    ]),
    ...['-strict', '-2'], // FLAC and Opus in MP4 are called experimental by older builds
    ...['-avoid_negative_ts', 'make_zero'], // else an edit list cuts frames away
    ...['-max_muxing_queue_size', '4096'], // sound may begin seconds after the picture
    ...['-fflags', '+bitexact'], // else Matroska writes random ids, and no two runs are equal
    output,
  ];
}
