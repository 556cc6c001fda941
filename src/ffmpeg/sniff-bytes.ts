/** True where `bytes` (text as Latin-1; a null fits any byte) stand at this place. */
export function matchesBytes(head: Uint8Array, at: number, bytes: string | readonly (number | null)[]): boolean {
  if (typeof bytes !== 'string') {
    return bytes.every((byte, index) => (byte === null ? at + index < head.length : head[at + index] === byte));
  }
  for (let index = 0; index < bytes.length; index += 1) {
    if (head[at + index] !== bytes.charCodeAt(index)) return false;
  }
  return true;
}

/** Where these bytes stand first; -1 where they do not. */
export const findBytes = (head: Uint8Array, bytes: readonly number[]): number =>
  Buffer.from(head.buffer, head.byteOffset, head.byteLength).indexOf(Uint8Array.from(bytes));

/** The bytes as Latin-1 text: one letter a byte. */
export const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

/** What reads numbers at places of these bytes; throws RangeError beyond their end. */
export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** True of more than a few bytes which are all zero. */
export const isZeros = (bytes: Uint8Array): boolean => bytes.length >= 512 && bytes.every((byte) => byte === 0);
