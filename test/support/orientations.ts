/** The eight ways in which a picture can lie, and what brings it upright: left and right changed first, then turned clockwise. */
export const orientations = [
  { name: 'an upright picture', matrix: [1, 0, 0, 1], mirrored: false, rotation: 0 },
  { name: 'a quarter turn clockwise', matrix: [0, 1, -1, 0], mirrored: false, rotation: 90 },
  { name: 'half a turn', matrix: [-1, 0, 0, -1], mirrored: false, rotation: 180 },
  { name: 'a quarter turn counter-clockwise', matrix: [0, -1, 1, 0], mirrored: false, rotation: 270 },
  { name: 'a mirrored picture', matrix: [-1, 0, 0, 1], mirrored: true, rotation: 0 },
  { name: 'a picture on its anti-diagonal', matrix: [0, -1, -1, 0], mirrored: true, rotation: 90 },
  { name: 'a picture upside down in a mirror', matrix: [1, 0, 0, -1], mirrored: true, rotation: 180 },
  { name: 'a picture on its diagonal', matrix: [0, 1, 1, 0], mirrored: true, rotation: 270 },
] as const satisfies { name: string; matrix: Matrix; mirrored: boolean; rotation: 0 | 90 | 180 | 270 }[];

/** a, b, c, d of ISO/IEC 14496-12, 6.2.2: a point x, y goes to (ax + cy, bx + dy); y counts downwards. */
export type Matrix = readonly [number, number, number, number];

/** A display matrix as ffprobe writes it. */
export function matrixText([a, b, c, d]: Matrix): string {
  const rows = [[a, b, 0].map(fixed), [c, d, 0].map(fixed), [0, 0, 2 ** 30]];
  return `\n${rows.map((row, index) => `0000000${index}: ${row.map((value) => String(value).padStart(11)).join(' ')}`).join('\n')}\n`;
}

/** A copy of an MP4's bytes whose first track lies as the matrix says: nine 32-bit numbers of its `tkhd`. */
export function withMatrix(mp4: Buffer, [a, b, c, d]: Matrix): Buffer {
  const copy = Buffer.from(mp4);
  const header = copy.indexOf('tkhd');
  const at = header + 8 + (copy[header + 4] === 1 ? 32 : 20) + 16;
  for (const [index, value] of [fixed(a), fixed(b), 0, fixed(c), fixed(d), 0, 0, 0, 2 ** 30].entries()) {
    copy.writeInt32BE(value, at + 4 * index);
  }
  return copy;
}

/** 16.16 */
const fixed = (value: number): number => Math.round(value * 65_536);
