import type { ProbedVideo } from '../plan/probe.ts';
import { type Warning, warn } from '../plan/warnings.ts';

/** How a picture is brought upright: left and right are changed first, then it is turned clockwise. */
export interface Orientation {
  mirrored: boolean;
  rotation: ProbedVideo['rotation'];
  warnings: Warning[];
}

/** What a file says of it: the display matrix as ffprobe writes it, ffprobe's own reading of it, and the tag of older muxers. */
export interface ToldOrientation {
  displayMatrix?: string;
  /** Counter-clockwise degrees. */
  rotation?: number | null;
  /** Clockwise degrees. */
  rotateTag?: number | null;
}

/**
 * Reads the display matrix itself: the angle that ffprobe makes of it tells no mirroring, and is another one with it. Without a matrix
 * the angle counts, then the tag. What is no quarter turn is taken as the nearest one, with a warning.
 */
export function parseOrientation({ displayMatrix, rotation, rotateTag }: ToldOrientation): Orientation {
  const matrix = displayMatrix === undefined ? null : parseMatrix(displayMatrix);
  const { mirrored, degrees } = matrix
    ? decompose(matrix)
    : { mirrored: false, degrees: typeof rotation === 'number' ? -rotation : (rotateTag ?? 0) };
  const quarters = Math.round(degrees / 90);
  const rotations = [0, 90, 180, 270] as const;
  const turned = rotations[((quarters % 4) + 4) % 4] ?? 0;
  const exact = Math.abs(degrees - quarters * 90) <= 1;
  const detail = `A rotation of ${Math.round(degrees * 10) / 10}° is taken as ${turned}°.`;
  return { mirrored, rotation: turned, warnings: exact ? [] : [warn('rotation_rounded', detail)] };
}

/** ISO/IEC 14496-12, 6.2.2: a picture's point x, y goes to (ax + cy, bx + dy); y counts downwards. */
interface Matrix {
  a: number;
  b: number;
  c: number;
  d: number;
}

/** Three rows of three numbers, each row after its address: `00000000:  0  65536  0`. Null where it is none, or shows nothing. */
function parseMatrix(text: string): Matrix | null {
  const numbers = text.replace(/^[0-9a-f]+:/gm, '').match(/-?\d+/g) ?? [];
  const [a, b, , c, d] = numbers.map(Number);
  if (a === undefined || b === undefined || c === undefined || d === undefined || a * d === b * c) return null;
  return { a, b, c, d };
}

/** A matrix that turns the picture over has a negative determinant; without its mirroring (of x, first) what is left is a rotation. */
function decompose({ a, b, c, d }: Matrix): { mirrored: boolean; degrees: number } {
  const mirrored = a * d - b * c < 0;
  const [x, y] = mirrored ? [-a, -b] : [a, b];
  return { mirrored, degrees: (Math.atan2(y - c, x + d) * 180) / Math.PI };
}
