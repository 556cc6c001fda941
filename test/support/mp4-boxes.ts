/** Builds ISO BMFF boxes by hand, for tests of what reads them. */

export const u16 = (...values: number[]): Uint8Array => numbers(values, 2);
export const u32 = (...values: number[]): Uint8Array => numbers(values, 4);

export function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt(value));
  return bytes;
}

export function join(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

export function box(type: string, ...parts: Uint8Array[]): Uint8Array {
  const body = join(...parts);
  return join(u32(body.length + 8), new Uint8Array(Buffer.from(type, 'latin1')), body);
}

export const fullBox = (type: string, version: number, flags: number, ...parts: Uint8Array[]): Uint8Array =>
  box(type, u32(version * 2 ** 24 + flags), ...parts);

/** An init of one track; `edits` are [duration in movie ticks, media time]. The movie's timescale is 1000. */
export function init(
  options: { timescale?: number; edits?: [number, number][]; trex?: [number, number, number]; id?: number } = {},
): Uint8Array {
  const { timescale = 90_000, edits, trex = [0, 0, 0], id = 1 } = options;
  const elst = edits?.map(([duration, time]) => join(u32(duration, time), u16(1, 0))) ?? [];
  return join(
    box('ftyp', u32(0x69736f36, 0)),
    box(
      'moov',
      fullBox('mvhd', 0, 0, u32(0, 0, 1000, 0)),
      box(
        'trak',
        fullBox('tkhd', 0, 3, u32(0, 0, id, 0)),
        ...(edits ? [box('edts', fullBox('elst', 0, 0, u32(elst.length), ...elst))] : []),
        box('mdia', fullBox('mdhd', 0, 0, u32(0, 0, timescale, 0)), fullBox('hdlr', 0, 0, u32(0, 0x76696465))),
      ),
      box('mvex', fullBox('trex', 0, 0, u32(id, 1, ...trex))),
    ),
  );
}

/** A fragment of one track at a decode time: `tfhd` has no fields of its own unless they are given. */
export const moof = (time: number, truns: Uint8Array[], tfhd = fullBox('tfhd', 0, 0x20000, u32(1))): Uint8Array =>
  box('moof', fullBox('mfhd', 0, 0, u32(1)), box('traf', tfhd, fullBox('tfdt', 1, 0, u64(time)), ...truns));

function numbers(values: number[], size: 2 | 4): Uint8Array {
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) {
    if (size === 2) view.setUint16(index * 2, value);
    else if (value < 0) view.setInt32(index * 4, value);
    else view.setUint32(index * 4, value);
  }
  return bytes;
}
