import type { ProbedVideo } from '../plan/probe.ts';
import { type Warning, warn } from '../plan/warnings.ts';
import type { Stream } from './parse-streams.ts';

export interface Picture {
  /** As displayed: rotated, with square pixels. */
  width: number;
  height: number;
  rotation: ProbedVideo['rotation'];
  warnings: Warning[];
}

/** The upright picture of a stream: coded size, pixel aspect (the width is stretched, as ffmpeg does), then rotation. */
export function parsePicture(stream: Stream): Picture {
  const warnings: Warning[] = [];
  const pixelAspect = parsePixelAspect(stream.sample_aspect_ratio, warnings);
  const rotation = parseRotation(stream, warnings);
  const stretched = Math.max(1, Math.round(stream.width * pixelAspect));
  const sideways = rotation === 90 || rotation === 270;
  return {
    width: sideways ? stream.height : stretched,
    height: sideways ? stretched : stream.height,
    rotation,
    warnings,
  };
}

/** Width of a pixel by its height; 1 where it is not told or not to be believed. */
function parsePixelAspect(ratio: string | undefined, warnings: Warning[]): number {
  const [, width, height] = /^(\d+):(\d+)$/.exec(ratio ?? '') ?? [];
  const aspect = Number(width) / Number(height);
  if (!Number.isFinite(aspect) || aspect === 0) return 1; // `0:1` and `N/A`: not told
  if (aspect >= 0.1 && aspect <= 10) return aspect;
  warnings.push(warn('pixel_aspect_ignored', `A pixel aspect of ${ratio} is not believed: taken as 1:1.`));
  return 1;
}

/** Clockwise. The display matrix counts the other way; the tag of older builds counts clockwise. */
function parseRotation(stream: Stream, warnings: Warning[]): Picture['rotation'] {
  const matrix = stream.side_data_list.find((data) => typeof data.rotation === 'number')?.rotation;
  const clockwise = typeof matrix === 'number' ? -matrix : (stream.tags.rotate ?? 0);
  const quarters = Math.round(clockwise / 90);
  if (Math.abs(clockwise - quarters * 90) > 1) {
    warnings.push(warn('rotation_rounded', `A rotation of ${clockwise}° is taken as ${quarters * 90}°.`));
  }
  const rotations = [0, 90, 180, 270] as const;
  return rotations[((quarters % 4) + 4) % 4] ?? 0;
}
