import type { Stream } from './parse-streams.ts';

/** ffmpeg's own weight of a default stream, see `map_auto_video` in ffmpeg_opt.c. */
const defaultBonus = 5_000_000;

/** The largest stream by some measure, a default one before others, the first of equals: what ffmpeg itself would choose. */
export function best(streams: Stream[], size: (stream: Stream) => number): Stream | undefined {
  const score = (stream: Stream) => size(stream) + (stream.disposition.default ? defaultBonus : 0);
  return streams.reduce<Stream | undefined>(
    (chosen, stream) => (chosen === undefined || score(stream) > score(chosen) ? stream : chosen),
    undefined,
  );
}

/** By the header; CENC in MP4 shows in the packets alone, see `packetIndex`. */
export const isEncrypted = ({ codec_tag_string, tags }: Stream): boolean =>
  tags.enc_key_id !== undefined || ['encv', 'enca', 'drmi', 'drms'].includes(codec_tag_string);
