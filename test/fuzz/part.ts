/** How the length of a part is written. `vint`: EBML, its width in the first byte; `ber`: ASN.1, its width in the first byte. */
export type LengthForm = 'be' | 'le' | 'vint' | 'ber';

/** A part of a container: a box, element, chunk, packet, page, tag. Offsets in bytes. */
export interface Part {
  start: number;
  /** Behind its content. */
  end: number;
  /** Where its content begins. */
  body: number;
  /** Where its length is written. */
  length: { at: number; bytes: number; form: LengthForm };
  /** 0: of the file itself. */
  depth: number;
}
