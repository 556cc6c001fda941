import { box, join, u32 } from './mp4-boxes.ts';

/** An MP4 that is whole from outside, with this text for its data: enough for all that only stores a video and never plays it. */
export const tinyVideo = (text: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(join(box('ftyp', u32(0x69736f6d, 0)), box('moov'), box('mdat', new TextEncoder().encode(text))));
