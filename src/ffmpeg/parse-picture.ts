import { type Warning, warn } from '../plan/warnings.ts';
import type { Frame } from './parse-frame.ts';
import { type Orientation, parseOrientation } from './parse-orientation.ts';
import type { Stream } from './parse-streams.ts';

export interface Picture extends Pick<Orientation, 'mirrored' | 'rotation'> {
  /** As decoded. */
  codedWidth: number;
  codedHeight: number;
  /** As displayed: rotated, with square pixels. */
  width: number;
  height: number;
  warnings: Warning[];
}

/**
 * The upright picture of a stream: coded size, pixel aspect (the width is stretched, as ffmpeg does), then mirrored and turned. The first decoded
 * picture goes before what the header says, where there is one.
 */
export function parsePicture(stream: Stream, frame: Frame | null = null): Picture {
  const warnings: Warning[] = [];
  const { width: codedWidth, height: codedHeight } = frame ?? stream;
  if (codedWidth !== stream.width || codedHeight !== stream.height) {
    const sizes = `The header says ${stream.width}x${stream.height}; the pictures are ${codedWidth}x${codedHeight}.`;
    warnings.push(warn('size_corrected', sizes));
  }
  const pixelAspect = parsePixelAspect([stream.sample_aspect_ratio, frame?.sample_aspect_ratio], warnings);
  const { mirrored, rotation, ...orientation } = parseOrientation(toldOrientation(stream, frame));
  warnings.push(...orientation.warnings);
  const stretched = Math.max(1, Math.round(codedWidth * pixelAspect));
  const sideways = rotation === 90 || rotation === 270;
  return {
    ...{ codedWidth, codedHeight, rotation, mirrored },
    width: sideways ? codedHeight : stretched,
    height: sideways ? stretched : codedHeight,
    warnings,
  };
}

/** Width of a pixel by its height: the first one that is told; 1 where none is, or it is not to be believed. */
function parsePixelAspect(ratios: (string | undefined)[], warnings: Warning[]): number {
  for (const ratio of ratios) {
    const [, width, height] = /^(\d+):(\d+)$/.exec(ratio ?? '') ?? [];
    const aspect = Number(width) / Number(height);
    if (!Number.isFinite(aspect) || aspect === 0) continue; // `0:1` and `N/A`: not told
    if (aspect >= 0.1 && aspect <= 10) return aspect;
    warnings.push(warn('pixel_aspect_ignored', `A pixel aspect of ${ratio} is not believed: taken as 1:1.`));
    return 1;
  }
  return 1;
}

/** The container goes before the bitstream, where H.264 and HEVC keep a display orientation (SEI) of their own. */
function toldOrientation(stream: Stream, frame: Frame | null) {
  const beside = [...stream.side_data_list, ...(frame?.side_data_list ?? [])];
  const displayMatrix = beside.find((data) => data.displaymatrix !== undefined)?.displaymatrix;
  const rotation = beside.find((data) => typeof data.rotation === 'number')?.rotation;
  return { displayMatrix, rotation, rotateTag: stream.tags.rotate };
}
