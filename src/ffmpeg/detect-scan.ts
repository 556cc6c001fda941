import type { ProbedVideo } from '../plan/probe.ts';
import type { Frame } from './parse-frame.ts';

export type Scan = ProbedVideo['scan'];

/** Pictures as ffmpeg's `idet` filter sorts them. */
export interface FieldCounts {
  tff: number;
  bff: number;
  progressive: number;
}

/** What was seen of some spans. */
export interface SeenFields {
  /** Taken for interlaced only where there is no doubt; those round a picture are asked as well. */
  sure: FieldCounts;
  /** Each picture by itself, and taken for interlaced where one order of fields is a little smoother than the other. */
  likely: FieldCounts;
  /** Pictures in which, by themselves, and without doubt, fields are combed. */
  combed: number;
  /** Pictures one field of which is that of the picture before. */
  repeated: number;
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
export function judgeScan(header: Scan | null, { sure, likely, combed, repeated }: SeenFields): JudgedScan {
  if (combed > 0 && repeated >= combed * telecineShare) return { scan: 'progressive', telecine: true };
  const told = header === 'progressive' ? null : header;
  const seen = sure.tff + sure.bff + sure.progressive;
  if (seen >= fewestPictures) return { scan: judgeSure(told, sure), telecine: false };
  if (told === null) return { scan: 'progressive', telecine: false };
  const hinted = likely.tff + likely.bff >= fewestPictures;
  return { scan: hinted ? (oneOrder(likely, 0.05) ?? 'progressive') : told, telecine: false };
}

function judgeSure(told: Scan | null, counts: FieldCounts): Scan {
  const interlaced = counts.tff + counts.bff;
  const enough = told === null ? unflaggedShare : flaggedShare;
  if (interlaced < (interlaced + counts.progressive) * enough) return 'progressive';
  return oneOrder(counts, 1 / 3) ?? told ?? 'progressive';
}

/** The order of nearly all; null where the other one has more than a share of it. */
function oneOrder({ tff, bff }: FieldCounts, share: number): Scan | null {
  if (Math.min(tff, bff) > Math.max(tff, bff) * share) return null;
  return tff > bff ? 'tff' : 'bff';
}

/** Measured: 0.5 to 0.7 of telecine, below 0.03 of interlaced pictures. */
const telecineShare = 0.2;
/** Below this nothing moves enough to tell. */
const fewestPictures = 4;
/** A flagged stream may be progressive in most of its spans, and combed in the rest. */
const flaggedShare = 0.2;
const unflaggedShare = 0.5;

/** What the header says of the order in which fields are shown; null where it says nothing. `tb` is: top coded first, bottom shown first. */
export function headerScan(fieldOrder: string, frame: Frame | null): Scan | null {
  const orders: Readonly<Record<string, Scan>> = {
    progressive: 'progressive',
    tt: 'tff',
    bt: 'tff',
    bb: 'bff',
    tb: 'bff',
  };
  const told = orders[fieldOrder] ?? null;
  // x264 flags a picture as interlaced and leaves the order to the stream, so the stream goes first.
  if (told && told !== 'progressive') return told;
  return frame?.interlaced_frame ? (frame.top_field_first ? 'tff' : 'bff') : told;
}

/** Codecs without interlaced pictures: it costs a decode to look, and finds screens and drawings that look combed. */
const wholePicturesOnly = ['hevc', 'av1', 'vp8', 'vp9', 'theora', 'h263', 'flv1', 'vp6f', 'svq3', 'cinepak'];

/** True where only the pictures can tell. */
export const mustLook = (codec: string, header: Scan | null): boolean =>
  header === null ? !wholePicturesOnly.includes(codec) : header !== 'progressive';
