import type { ProbedVideo } from '../plan/probe.ts';
import type { Frame } from './parse-frame.ts';

export type Scan = ProbedVideo['scan'];

/** Pictures as ffmpeg's `idet` filter sorts them. */
export interface FieldCounts {
  tff: number;
  bff: number;
  progressive: number;
  /** Of them, those in which one field is that of the picture before. */
  repeated: number;
  /** Pictures that are interlaced to look at, each by itself: those round it are not asked. */
  combed: number;
}

export interface JudgedScan {
  scan: Scan;
  /** Film with its fields repeated to the rate of television (3:2). */
  telecine: boolean;
}

/**
 * Decides by the pictures, and by the header where they show nothing (they stand still). Three kinds stay as they are: whole pictures in a stream
 * flagged as interlaced (PsF, soft telecine); hard telecine, of whose five pictures two are mixed of two film frames and two fields are repeated
 * (a deinterlacer would blur the three whole ones, and inverse telecine would change times); and what shows both orders at once, as pictures made
 * by computers do: two fields come in one order.
 */
export function judgeScan(header: Scan | null, counts: FieldCounts): JudgedScan {
  const { tff, bff, progressive, repeated, combed } = counts;
  const interlaced = tff + bff;
  const [most, least] = [Math.max(tff, bff), Math.min(tff, bff)];
  const seen = interlaced + progressive;
  if (combed > 0 && repeated >= combed * telecineShare) return { scan: 'progressive', telecine: true };
  if (seen < fewestPictures) return { scan: header ?? 'progressive', telecine: false };

  const flagged = header === 'tff' || header === 'bff';
  const enough = interlaced >= seen * (flagged ? flaggedShare : unflaggedShare);
  if (!enough) return { scan: 'progressive', telecine: false };
  if (least > most * otherOrder) return { scan: flagged ? header : 'progressive', telecine: false };
  return { scan: tff > bff ? 'tff' : 'bff', telecine: false };
}

/** Measured: 0.5 to 0.7 of telecine, below 0.03 of interlaced pictures. */
const telecineShare = 0.2;
/** Below this nothing moves enough to tell. */
const fewestPictures = 4;
/** A flagged stream may be progressive in most of its spans, and combed in the rest. */
const flaggedShare = 0.2;
const unflaggedShare = 0.5;
const otherOrder = 1 / 3;

/** What the header says of the order in which fields are shown; null where it says nothing. `tb` is: top coded first, bottom shown first. */
export function headerScan(fieldOrder: string, frame: Frame | null): Scan | null {
  if (frame?.interlaced_frame) return frame.top_field_first ? 'tff' : 'bff';
  const orders: Readonly<Record<string, Scan>> = {
    progressive: 'progressive',
    tt: 'tff',
    bt: 'tff',
    bb: 'bff',
    tb: 'bff',
  };
  return orders[fieldOrder] ?? null;
}

/** Codecs without interlaced pictures: it costs a decode to look, and finds screens and drawings that look combed. */
const wholePicturesOnly = ['hevc', 'av1', 'vp8', 'vp9', 'theora', 'h263', 'flv1', 'vp6f', 'svq3', 'cinepak'];

/** True where only the pictures can tell. */
export const mustLook = (codec: string, header: Scan | null): boolean =>
  header === null ? !wholePicturesOnly.includes(codec) : header !== 'progressive';
