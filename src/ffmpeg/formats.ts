/** Demuxers that we open: real containers, which hold what they play and open no other file. */
export const demuxers = ['mov', 'matroska', 'avi', 'mpegts', 'mpeg', 'flv', 'asf', 'ogg', 'mxf'] as const;
export type Demuxer = (typeof demuxers)[number] | SoundDemuxer;

/** Demuxers of files that hold sound alone, and at most a cover: opened where the policy publishes sound. */
export const soundDemuxers = ['wav', 'aiff', 'mp3', 'aac', 'flac'] as const;
export type SoundDemuxer = (typeof soundDemuxers)[number];

/** Containers without an index that one could seek by: they are remuxed once. */
export const withoutIndex: readonly Demuxer[] = ['mpegts', 'mpeg', 'flv', 'asf', 'ogg', 'mxf'];

/** Video codecs that we decode, by ffprobe's name, with every decoder that may stand behind it. */
export const videoCodecs: Readonly<Record<string, readonly string[]>> = {
  h264: ['h264'],
  hevc: ['hevc'],
  av1: ['av1', 'libdav1d', 'libaom-av1'],
  vp8: ['vp8', 'libvpx'],
  vp9: ['vp9', 'libvpx-vp9'],
  mpeg1video: ['mpeg1video'],
  mpeg2video: ['mpeg2video', 'mpegvideo'],
  mpeg4: ['mpeg4'],
  msmpeg4v2: ['msmpeg4v2'],
  msmpeg4v3: ['msmpeg4'],
  h263: ['h263'],
  flv1: ['flv'],
  wmv1: ['wmv1'],
  wmv2: ['wmv2'],
  wmv3: ['wmv3'],
  vc1: ['vc1'],
  theora: ['theora'],
  prores: ['prores'],
  dnxhd: ['dnxhd'],
  dvvideo: ['dvvideo'],
  mjpeg: ['mjpeg'],
  ffv1: ['ffv1'],
  huffyuv: ['huffyuv'],
  ffvhuff: ['ffvhuff'],
  utvideo: ['utvideo'],
  qtrle: ['qtrle'],
  cinepak: ['cinepak'],
  svq3: ['svq3'],
  vp6f: ['vp6f'],
  png: ['png'],
  rawvideo: ['rawvideo'],
};

/** Audio codecs that we decode; any other track is left out, with a warning. */
export const audioCodecs: Readonly<Record<string, readonly string[]>> = {
  aac: ['aac'],
  aac_latm: ['aac_latm'],
  mp1: ['mp1', 'mp1float'],
  mp2: ['mp2', 'mp2float'],
  mp3: ['mp3', 'mp3float'],
  ac3: ['ac3'],
  eac3: ['eac3'],
  dts: ['dca'],
  truehd: ['truehd'],
  mlp: ['mlp'],
  opus: ['opus', 'libopus'],
  vorbis: ['vorbis', 'libvorbis'],
  flac: ['flac'],
  alac: ['alac'],
  wmav1: ['wmav1'],
  wmav2: ['wmav2'],
  wmapro: ['wmapro'],
  amr_nb: ['amrnb', 'libopencore_amrnb'],
  amr_wb: ['amrwb', 'libopencore_amrwb'],
  nellymoser: ['nellymoser'],
  s302m: ['s302m'],
  adpcm_ms: ['adpcm_ms'],
  adpcm_ima_wav: ['adpcm_ima_wav'],
  adpcm_ima_qt: ['adpcm_ima_qt'],
  adpcm_swf: ['adpcm_swf'],
  ...Object.fromEntries(
    [
      ...['u8', 's8', 's16le', 's16be', 's24le', 's24be', 's32le', 's32be', 'f32le', 'f32be', 'f64le', 'f64be'],
      ...['alaw', 'mulaw', 'bluray', 'dvd', 'lxf'],
    ].map((name) => [`pcm_${name}`, [`pcm_${name}`]]),
  ),
};

/** Decoders of covers and subtitles that often lie beside: ffprobe opens one for every stream, or fails. */
const besideThem = [
  ...['ass', 'ssa', 'srt', 'subrip', 'mov_text', 'webvtt', 'text', 'dvdsub', 'dvbsub', 'pgssub', 'xsub'],
  ...['cc_dec', 'libzvbi_teletextdec'],
];

/** For `-codec_whitelist`. */
export const decoders: readonly string[] = [
  ...Object.values(videoCodecs).flat(),
  ...Object.values(audioCodecs).flat(),
  ...besideThem,
];
