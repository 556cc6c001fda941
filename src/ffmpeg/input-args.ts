import { decoders, demuxers, soundDemuxers } from './formats.ts';

/** A local file that ffmpeg or ffprobe reads, its demuxer known. */
export interface InputFile {
  /** Local path. */
  path: string;
  /** As in `Probe.source.demuxer`. */
  demuxer: string;
}

/**
 * The end of an input's arguments, for ffmpeg and ffprobe alike: options of this input (`-ss …`) go before them. A "video" can be a
 * playlist that opens other files and URLs (CVE-2016-1897, CVE-2017-9993), so the demuxer is pinned, and lists hold what may be opened
 * at all.
 */
export const inputArgs = (input: InputFile): string[] => ['-codec_whitelist', decoders.join(), ...undecodedArgs(input)];

/** ffmpeg fails where two thirds of what it decodes is damaged: what comes out is counted here, and may be all that there is. */
export const withAnyErrors: readonly string[] = ['-max_error_rate', '1'];

/** As `inputArgs`, for a pass that decodes nothing. */
export const undecodedArgs = ({ path, demuxer }: InputFile): string[] => [
  ...['-protocol_whitelist', 'file', '-format_whitelist', [...demuxers, ...soundDemuxers].join(), '-f', demuxer],
  ...['-i', `file:${path}`], // else a colon in the name is read as a protocol
];
