import { z } from 'zod';
import { displayName, longestSentence } from '../words/display-name.ts';

/**
 * Everything that can be found in a source without stopping it, and what was done about it: codes of the report, stable, with what
 * each one means. The text of a warning says it of one video. `docs/inputs.md` lists them, and a test compares.
 */
export const warnings = {
  stream_chosen: 'Of several video tracks one is used: the largest, a default one before others.',
  remuxed: 'The container cannot be sought in: its streams were copied once into one that can.',
  times_reconstructed: 'The times of the frames are incomplete: the file was decoded to find them.',
  single_segment: 'The clip is encoded in one piece, because decoding cannot begin in the middle of it.',
  end_missing: 'The file ends before it says.',
  duration_corrected: 'The picture lasts longer or shorter than the file says: what is there is taken.',
  frames_lost: 'Frames that cannot be decoded are missing.',
  pictures_damaged: 'Parts of some pictures cannot be decoded: the decoder has filled them by guess.',
  size_corrected: 'The pictures have another size than the file says: their own is taken.',
  rotated: 'The picture is turned upright, as the file asks.',
  mirrored: 'The picture is mirrored, as the file asks.',
  rotation_rounded: 'A rotation that is no quarter turn is taken as the nearest one.',
  square_pixels: 'Pixels that are not square are made square.',
  pixel_aspect_ignored: 'A pixel aspect that cannot be true is taken as 1:1.',
  deinterlaced: 'Interlaced pictures are deinterlaced.',
  telecine_kept: 'Film that was brought to the rate of television by repeated fields is left as it is.',
  tone_mapped: 'High dynamic range is mapped to standard dynamic range.',
  colour_converted: 'Colours are converted: from a wide gamut, from RGB, or from full range.',
  colour_assumed: 'The file does not say how its colours are meant: they are taken as usual for its size.',
  reduced_to_8_bit_420: 'More than 8 bits or finer colour than 4:2:0 is reduced to what every player shows.',
  alpha_flattened: 'Transparency is laid over black.',
  frame_rate_capped: 'Frames above the highest rate are left out.',
  resolution_changed: 'The size of the picture changes: all of it is fitted into the first size.',
  downmixed: 'Sound of more than two channels is mixed down to stereo.',
  audio_unreadable: 'A sound track cannot be read: it is left out, or silent.',
  audio_tracks_ignored: 'There are more sound tracks than are taken.',
  sound_damaged: 'Parts of the sound are missing or cannot be decoded: they are silent.',
  audio_padded: 'The sound is shorter than the picture: silence fills what is missing.',
  audio_cut: 'The sound is longer than the picture: it ends with it.',
  audio_only: 'There is no picture: sound alone is published.',
  rate_exceeded: 'A segment needs more than its highest bitrate for a moment.',
} as const satisfies Record<string, string>;

export type WarningCode = keyof typeof warnings;

/** As it is stored and read back: rows may be older than the table above. */
export const warningSchema = z.object({ code: z.string(), detail: z.string() });
/** Something found in a source that did not stop it: a stable code in snake_case, and a sentence for its creator. */
export type Warning = z.infer<typeof warningSchema>;

/** A warning of the table; `detail` says it of this video, with its numbers. */
export const warn = (code: WarningCode, detail: string): Warning => ({
  code,
  detail: displayName(detail, longestSentence), // it can quote what a file says of itself
});
