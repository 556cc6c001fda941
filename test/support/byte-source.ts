import type { RangeSource } from '../../src/ffmpeg/source-bytes.ts';

/** Text as Latin-1, one byte a letter. */
export const bytesOf = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** A source of these bytes, `size` long: behind them zeros, which are held nowhere. It notes every read. */
export function byteSource(
  bytes: Uint8Array,
  { size = bytes.length, end = new Uint8Array() }: { size?: number; end?: Uint8Array } = {},
): RangeSource & { reads: [number, number][] } {
  const reads: [number, number][] = [];
  return {
    bytes: size,
    reads,
    async read(from, to) {
      reads.push([from, to]);
      const out = new Uint8Array(to - from);
      const place = (piece: Uint8Array, at: number) => {
        const [first, last] = [Math.max(from, at), Math.min(to, at + piece.length)];
        if (first < last) out.set(piece.subarray(first - at, last - at), first - from);
      };
      place(bytes, 0);
      place(end, size - end.length);
      return out;
    },
  };
}
