import { CatalogueError } from '../errors/catalogue-error.ts';

/** One ISO BMFF box (ISO/IEC 14496-12, 4.2): offsets into `bytes`, the whole file or a part of it that begins at a box. */
export interface Box {
  bytes: Uint8Array;
  type: string;
  start: number;
  /** Where the contents begin, behind size and type. */
  body: number;
  end: number;
}

/** What reads numbers out of a box, in order. Each call throws OUTPUT_DAMAGED where it would leave the box. */
export interface Fields {
  u16(): number;
  u32(): number;
  i32(): number;
  /** A 64-bit number; throws where it is beyond what a double holds exactly. */
  i64(): number;
  skip(bytes: number): void;
  /** Bytes that are left. */
  left(): number;
}

/** The boxes between two offsets, in file order. Throws OUTPUT_DAMAGED for one that does not fit. */
export function* boxesIn(bytes: Uint8Array, start = 0, end = bytes.length): Generator<Box> {
  let at = start;
  while (at < end) {
    const box = readHeader(bytes, at, end);
    yield box;
    at = box.end;
  }
}

export const childBoxes = (parent: Box): Box[] => [...boxesIn(parent.bytes, parent.body, parent.end)];

/** The first child of a type, followed down a path (`['trak', 'mdia']`); null where one is missing. */
export function findBox(parent: Box, path: string[]): Box | null {
  let found: Box | undefined = parent;
  for (const type of path) {
    if (!found) return null;
    found = childBoxes(found).find((box) => box.type === type);
  }
  return found ?? null;
}

/** As `findBox`, and throws OUTPUT_DAMAGED where there is none. */
export function needBox(parent: Box, path: string[]): Box {
  const box = findBox(parent, path);
  if (!box) throw damaged(`${parent.type} has no ${path.join('/')}`);
  return box;
}

/** Version and flags of a full box (4.2), and its fields behind them. */
export function readFullBox(box: Box): { version: number; flags: number; fields: Fields } {
  const fields = readFields(box);
  const word = fields.u32();
  return { version: word >>> 24, flags: word & 0xffffff, fields };
}

/** An error for a file that we made and cannot read back. */
export const damaged = (what: string): CatalogueError => new CatalogueError('OUTPUT_DAMAGED', what);

/** Reads size and type of the box at an offset: 32 or 64 bits, or 0 for "to the end". */
function readHeader(bytes: Uint8Array, start: number, end: number): Box {
  const view = viewOf(bytes);
  if (start + 8 > end) throw damaged(`${end - start} bytes at ${start} where a box should begin`);
  const type = String.fromCharCode(...bytes.subarray(start + 4, start + 8));
  const size = view.getUint32(start);
  if (size === 0) return { bytes, type, start, body: start + 8, end };

  const large = size === 1;
  if (large && start + 16 > end) throw damaged(`box ${type} at ${start} is cut off`);
  const length = large ? Number(view.getBigUint64(start + 8)) : size;
  const header = large ? 16 : 8;
  if (length < header || start + length > end) {
    throw damaged(`box ${type} at ${start} says ${length} bytes, and ${end - start} are there`);
  }
  return { bytes, type, start, body: start + header, end: start + length };
}

function readFields(box: Box): Fields {
  const view = viewOf(box.bytes);
  let at = box.body;
  const step = (size: number): number => {
    if (at + size > box.end) throw damaged(`box ${box.type} at ${box.start} is too short`);
    at += size;
    return at - size;
  };
  return {
    u16: () => view.getUint16(step(2)),
    u32: () => view.getUint32(step(4)),
    i32: () => view.getInt32(step(4)),
    i64() {
      const value = Number(view.getBigInt64(step(8)));
      if (!Number.isSafeInteger(value)) throw damaged(`a number in box ${box.type} at ${box.start} is too large`);
      return value;
    },
    skip: (size) => void step(size),
    left: () => box.end - at,
  };
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
