import { type InputFile, inputArgs, undecodedArgs } from './input-args.ts';

const streamFields = [
  ...['index', 'codec_type', 'codec_name', 'codec_tag_string', 'width', 'height', 'sample_aspect_ratio', 'pix_fmt'],
  ...['color_range', 'color_space', 'color_primaries', 'color_transfer', 'field_order'],
  ...['time_base', 'start_time', 'duration', 'r_frame_rate', 'nb_frames', 'channels', 'sample_rate'],
];

/** ffprobe: what streams a file has, as JSON for `parseStreams`. Few fields, so that metadata of any size stays out. */
export const streamsArgs = (input: InputFile): string[] => [...asJson, ...patience, ...inputArgs(input)];

/**
 * ffprobe: the same from the header alone. It opens a decoder for every stream, and refuses the whole file where one is not on the list: this
 * names the codecs without a packet being decoded.
 */
export const headerArgs = (input: InputFile): string[] => [...asJson, '-nofind_stream_info', ...undecodedArgs(input)];

const sideData =
  'side_data_type,displaymatrix,rotation,max_luminance,max_content,dv_profile,dv_bl_signal_compatibility_id';

const asJson = [
  '-show_entries',
  [
    'format=format_name,duration,bit_rate,nb_streams',
    `stream=${streamFields.join()}`,
    'stream_disposition=attached_pic,default,timed_thumbnails,still_image,comment,hearing_impaired,visual_impaired',
    `stream_side_data=${sideData}`,
    // Older builds tell the rotation here alone; encrypted WebM; transparency of WebM; a track's own duration in Matroska.
    'stream_tags=rotate,enc_key_id,alpha_mode,DURATION,language,title',
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
  ...lines(streamIndex, 'frame=best_effort_timestamp,pts,pkt_pts,duration,pkt_duration'), // newer builds and older ones
  ...inputArgs(input),
];

/**
 * ffprobe: the first picture of a stream, decoded, as JSON for `parseFirstFrame`: its own size, and what stands in the bitstream alone. One
 * packet is read, which has to be a keyframe.
 */
export const firstFrameArgs = (input: InputFile, streamIndex: number): string[] => [
  ...['-threads', '1', '-select_streams', `${streamIndex}`, '-read_intervals', '%+#1'],
  ...['-show_entries', `frame=${frameFields.join()}:frame_side_data=${sideData}`, '-of', 'json'],
  ...(input.demuxer === 'mov' ? ['-ignore_editlist', '1'] : []), // a packet that is cut away gives no picture
  ...inputArgs(input),
];

const frameFields = [
  ...['width', 'height', 'pix_fmt', 'sample_aspect_ratio', 'interlaced_frame', 'top_field_first'],
  ...['color_range', 'color_space', 'color_primaries', 'color_transfer'],
];

/** Streams that begin late are still seen (a TS tells its streams as they come), and the same ones on every reading. */
export const patience = ['-probesize', '20000000', '-analyzeduration', '20000000'];

const lines = (streamIndex: number, entries: string): string[] => [
  ...['-select_streams', `${streamIndex}`, '-show_entries', entries, '-of', 'compact=p=0'],
  ...patience,
];
