import { type InputFile, inputArgs, undecodedArgs } from './input-args.ts';

const streamFields = [
  ...['index', 'codec_type', 'codec_name', 'codec_tag_string', 'width', 'height', 'sample_aspect_ratio', 'pix_fmt'],
  ...['time_base', 'duration', 'r_frame_rate', 'nb_frames', 'channels', 'sample_rate'],
];

/** ffprobe: what streams a file has, as JSON for `parseStreams`. Few fields, so that metadata of any size stays out. */
export const streamsArgs = (input: InputFile): string[] => [...asJson, ...patience, ...inputArgs(input)];

/**
 * ffprobe: the same from the header alone. It opens a decoder for every stream, and refuses the whole file where one is not on the list: this
 * names the codecs without a packet being decoded.
 */
export const headerArgs = (input: InputFile): string[] => [...asJson, '-nofind_stream_info', ...undecodedArgs(input)];

const asJson = [
  '-show_entries',
  [
    'format=format_name,duration,bit_rate,nb_streams',
    `stream=${streamFields.join()}`,
    'stream_disposition=attached_pic,default,timed_thumbnails,still_image,comment,hearing_impaired,visual_impaired',
    'stream_side_data=rotation',
    'stream_tags=rotate,enc_key_id', // older builds tell the rotation here alone; encrypted WebM
  ].join(':'),
  '-of',
  'json',
];

/** ffprobe: one line a packet of a stream, for `packetIndex`. A demux pass: nothing is decoded. */
export const packetsArgs = (input: InputFile, streamIndex: number): string[] => [
  ...lines(streamIndex, 'packet=pts,dts,duration,size,pos,flags:packet_side_data=side_data_type'),
  ...inputArgs(input),
];

/** ffprobe: one line a decoded frame of a stream, for `frameIndex`. */
export const framesArgs = (input: InputFile, streamIndex: number): string[] => [
  ...lines(streamIndex, 'frame=best_effort_timestamp,duration,pkt_duration'), // newer builds and older ones
  ...inputArgs(input),
];

/** Streams that begin late are still seen (a TS tells its streams as they come), and the same ones on every reading. */
export const patience = ['-probesize', '20000000', '-analyzeduration', '20000000'];

const lines = (streamIndex: number, entries: string): string[] => [
  ...['-select_streams', `${streamIndex}`, '-show_entries', entries, '-of', 'compact=p=0'],
  ...patience,
];
