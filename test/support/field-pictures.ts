/**
 * An H.264 stream of 16x32 pixels, 25 frames a second, that codes the two fields of each frame apart (PAFF), the top one first: no encoder
 * at hand does. Every macroblock is stored raw (I_PCM), so that only headers are coded. ITU-T H.264, 7.3.
 */
export function fieldPictures(options: { frames: number; gop: number }): Buffer {
  const units: Buffer[] = [];
  for (let frame = 0; frame < options.frames; frame++) {
    const inGop = frame % options.gop;
    units.push(delimiter());
    if (inGop === 0) units.push(sequenceParameters(), pictureParameters());
    units.push(field({ frame, inGop, bottom: 0 }), delimiter(), field({ frame, inGop, bottom: 1 }));
  }
  return Buffer.concat(units);
}

function field({ frame, inGop, bottom }: { frame: number; inGop: number; bottom: 0 | 1 }): Buffer {
  const begins = inGop === 0 && bottom === 0; // the second field of such a frame is no IDR picture
  const header = [
    ...[ue(0), ue(7), ue(0)], // first macroblock, slice of I alone, parameters
    ...[u(4, inGop % 16), u(1, 1), u(1, bottom)], // frame_num, field_pic_flag, bottom_field_flag
    ...(begins ? [ue(frame % 2)] : []), // idr_pic_id: two in a row differ
    u(8, (2 * inGop + bottom) % 256), // pic_order_cnt_lsb
    ...(begins ? [u(2, 0)] : [u(1, 0)]), // no marking of references
    ...[ue(0), ue(25)], // slice_qp_delta, mb_type I_PCM
  ];
  const luma = Buffer.from(Array.from({ length: 256 }, (_, pixel) => 40 + ((frame * 7 + bottom * 60 + pixel) % 170)));
  return unit(1, begins ? 5 : 1, header, Buffer.concat([luma, Buffer.alloc(128, 128), Buffer.from([0x80])]));
}

const delimiter = (): Buffer => unit(0, 9, [u(3, 0), u(1, 1)]);

const sequenceParameters = (): Buffer =>
  unit(3, 7, [
    ...[u(8, 77), u(8, 0), u(8, 30), ue(0)], // main profile, level 3
    ...[ue(0), ue(0), ue(4)], // 4 bits of frame_num, 8 of picture order
    ...[ue(1), u(1, 0), ue(0), ue(0)], // one reference, 1 macroblock wide, 1 high in each field
    ...[u(1, 0), u(1, 0), u(1, 1), u(1, 0)], // fields, not by macroblock, direct_8x8_inference, no cropping
    ...[u(1, 1), u(4, 0), u(1, 1), u(32, 1), u(32, 50), u(1, 1), u(4, 0)], // VUI: 50 fields a second, fixed
    u(1, 1),
  ]);

const pictureParameters = (): Buffer =>
  unit(3, 8, [ue(0), ue(0), u(2, 0), ue(0), ue(0), ue(0), u(3, 0), ue(0), ue(0), ue(0), u(3, 0), u(1, 1)]);

/** Bits as a text of 0 and 1. */
const u = (length: number, value: number): string => value.toString(2).padStart(length, '0');

/** Exp-Golomb, 9.1. */
function ue(value: number): string {
  const bits = (value + 1).toString(2);
  return '0'.repeat(bits.length - 1) + bits;
}

/** A NAL unit behind its start code: bits filled up to bytes with 0, then whole bytes; 00 00 0x is escaped (7.4.1). */
function unit(refIdc: number, type: number, bits: string[], bytes = Buffer.alloc(0)): Buffer {
  const header = bits.join('').match(/.{1,8}/g) ?? [];
  const payload = [...header.map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2)), ...bytes];
  const escaped: number[] = [];
  for (const byte of payload) {
    if (byte <= 3 && escaped.at(-1) === 0 && escaped.at(-2) === 0) escaped.push(3);
    escaped.push(byte);
  }
  return Buffer.from([0, 0, 0, 1, (refIdc << 5) | type, ...escaped]);
}
