import { expect } from 'vitest';
import { sniffSource } from '../../src/ffmpeg/sniff-source.ts';
import { byteSource } from './byte-source.ts';

/** The policy that refuses sound alone. */
export const refuse = { audioOnly: 'refuse' } as const;

/** What is found in a source of these bytes, under that policy. */
export const look = (bytes: Uint8Array, more: Parameters<typeof byteSource>[1] = {}) =>
  sniffSource(byteSource(bytes, more), refuse);

/** It is refused with this code, in these words. */
export const expectRefusal = (
  bytes: Uint8Array,
  code: string,
  detail: RegExp,
  more: Parameters<typeof byteSource>[1] = {},
) => expect(look(bytes, more)).rejects.toMatchObject({ code, detail: expect.stringMatching(detail) });

/** So many zeros. */
export const zeros = (length: number) => new Uint8Array(length);
/** So many bytes that are nothing that is known. */
export const filled = (length: number) => new Uint8Array(length).fill(0x95);
