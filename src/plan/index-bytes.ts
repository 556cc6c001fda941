import { createHash } from 'node:crypto';
import { z } from 'zod';
import { rationalSchema } from './probe.ts';
import { mostTick, type SourceIndex } from './source-index.ts';
import { tickList } from './tick-list.ts';

/**
 * The stored form of an index, two or three bytes a frame:
 * 1. a line of JSON, `headerSchema`, that ends with \n;
 * 2. whole numbers, 7 bits a byte, the lowest first, the highest bit set where more follow (LEB128): the first presented pts, then the
 *    distance of each from the one before it; then of each keyframe its pts in the same way, and `pts - dts`. The first times and
 *    `pts - dts` may be negative: they are written as 2n or -2n-1;
 * 3. the sha256 of all that, 32 bytes.
 */
const headerSchema = z.object({
  format: z.literal('reelmill-index'),
  version: z.literal(1),
  timeBase: rationalSchema,
  trustworthy: z.boolean(),
  end: z.int(),
  /** How many of each follow. */
  presented: z.int().positive(),
  keyframes: z.int().nonnegative(),
});

const longestHeader = 1_024;
const digestBytes = 32;
const bufferBytes = 64 * 1_024;

/** The bytes of an index, piece by piece. Throws RangeError for times that are not whole or not below `mostTick`. */
export function* encodeIndex(index: SourceIndex): Generator<Uint8Array> {
  const { timeBase, trustworthy, presented, end, keyframes } = index;
  const counts = { presented: presented.length, keyframes: keyframes.pts.length };
  const header = { format: 'reelmill-index', version: 1, timeBase, trustworthy, end: checked(end), ...counts };
  const hash = createHash('sha256');
  const first = Buffer.from(`${JSON.stringify(header)}\n`);
  hash.update(first);
  yield first;

  let buffer = Buffer.alloc(bufferBytes);
  let used = 0;
  for (const number of numbersOf(index)) {
    let rest = number;
    for (; rest >= 128; rest = Math.floor(rest / 128)) buffer[used++] = (rest % 128) + 128;
    buffer[used++] = rest;
    if (used < bufferBytes - 8) continue;
    const piece = buffer.subarray(0, used);
    hash.update(piece);
    yield piece;
    buffer = Buffer.alloc(bufferBytes);
    used = 0;
  }
  hash.update(buffer.subarray(0, used));
  yield Buffer.concat([buffer.subarray(0, used), hash.digest()]);
}

function* numbersOf({ presented, keyframes }: SourceIndex): Generator<number> {
  for (const [position, tick] of presented.entries()) yield distance(presented[position - 1], tick);
  for (const [position, pts] of keyframes.pts.entries()) {
    yield distance(keyframes.pts[position - 1], pts);
    yield folded(pts - checked(keyframes.dts[position] ?? Number.NaN));
  }
}

function distance(before: number | undefined, tick: number): number {
  if (before === undefined) return folded(checked(tick));
  if (tick < before) throw new RangeError('the times are not in order');
  return checked(tick) - before;
}

function checked(tick: number): number {
  if (Number.isInteger(tick) && Math.abs(tick) < mostTick) return tick;
  throw new RangeError(`${tick} is no tick`);
}

/** A whole number as one that is not negative, small where it was small. */
const folded = (number: number): number => (number >= 0 ? 2 * number : -2 * number - 1);
const unfolded = (number: number): number => (number % 2 === 0 ? number / 2 : -(number + 1) / 2);

/** Takes the bytes of a stored index in pieces of any size. Both functions throw an Error that says what is wrong with them. */
export interface IndexDecoder {
  add(piece: Uint8Array): void;
  /** After the last piece. */
  result(): SourceIndex;
}

/** A decoder of what `encodeIndex` gives. Nothing is allocated on the word of the header. */
export function indexDecoder(): IndexDecoder {
  const hash = createHash('sha256');
  let header: z.infer<typeof headerSchema> | null = null;
  let before = Buffer.alloc(0); // the header, then the digest, as far as they have come
  const presented = tickList();
  const pts = tickList();
  const dts = tickList();
  let [value, scale] = [0, 1];

  const take = (number: number, count: number) => {
    if (presented.length < count) presented.push(next(presented.last(), number, 1));
    else if (pts.length === dts.length) pts.push(next(pts.last(), number, 0));
    else dts.push(checked((pts.last() ?? 0) - unfolded(number)));
  };

  return {
    add(piece) {
      let at = 0;
      if (header === null) {
        const newline = piece.indexOf(10);
        before = Buffer.concat([before, newline < 0 ? piece : piece.subarray(0, newline)]);
        if (before.length > longestHeader) throw new RangeError('its header is too long');
        if (newline < 0) return;
        header = headerSchema.parse(JSON.parse(before.toString()));
        hash.update(before).update('\n');
        before = Buffer.alloc(0);
        at = newline + 1;
      }
      const total = header.presented + 2 * header.keyframes;
      const begin = at;
      let left = total - presented.length - pts.length - dts.length;
      for (; left > 0 && at < piece.length; at += 1) {
        const byte = piece[at] ?? 0;
        value += (byte % 128) * scale;
        if (value > Number.MAX_SAFE_INTEGER) throw new RangeError('a number is too large');
        scale *= 128;
        if (byte < 128) {
          take(value, header.presented);
          [value, scale] = [0, 1];
          left -= 1;
        } else if (scale > 2 ** 49) throw new RangeError('a number is too long');
      }
      hash.update(piece.subarray(begin, at));
      before = Buffer.concat([before, piece.subarray(at)]);
      if (before.length > digestBytes) throw new RangeError('it goes on after its end');
    },

    result() {
      if (header === null || before.length < digestBytes) throw new RangeError('it ends too early');
      if (!hash.digest().equals(before)) throw new RangeError('its checksum is wrong');
      const { timeBase, trustworthy, end } = header;
      const keyframes = { pts: pts.toArray(), dts: dts.toArray() };
      return { timeBase, trustworthy, presented: presented.toArray(), end, keyframes };
    },
  };
}

/** The tick that follows one, at least so far away. */
function next(last: number | undefined, number: number, atLeast: number): number {
  if (last !== undefined && number < atLeast) throw new RangeError('its times are not in order');
  return checked(last === undefined ? unfolded(number) : last + number);
}
