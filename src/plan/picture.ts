import { planColour } from './picture-colour.ts';
import type { Picture } from './picture-schema.ts';
import { pictureWarnings } from './picture-warnings.ts';
import type { Policy } from './policy.ts';
import type { ProbedVideo } from './probe.ts';
import type { Warning } from './warnings.ts';

export { type Picture, pictureSchema } from './picture-schema.ts';

/** Decides what is done to the pictures of a source, and says it for the report. Pure. */
export function planPicture(
  video: ProbedVideo,
  policy: Pick<Policy, 'maxFrameRate'>,
): { picture: Picture; warnings: Warning[] } {
  const capped = video.frameRate !== null && video.frameRate > policy.maxFrameRate * rateTolerance;
  const sideways = video.rotation === 90 || video.rotation === 270;
  const displayedWidth = sideways ? video.height : video.width;
  const picture: Picture = {
    decoder: video.alpha ? (decodersWithAlpha[video.codec] ?? null) : null,
    size: { width: video.codedWidth, height: video.codedHeight, pixelAspect: displayedWidth / video.codedWidth },
    deinterlace: video.scan === 'progressive' ? null : video.scan,
    mirrored: video.mirrored,
    rotation: video.rotation,
    alpha: video.alpha,
    ...planColour(video),
    maxFrameRate: capped ? policy.maxFrameRate : null,
  };
  return { picture, warnings: pictureWarnings(video, picture) };
}

/** A rate is measured from times that are rounded. */
const rateTolerance = 1.01;

/** WebM keeps transparency beside the picture, where ffmpeg's own decoders do not look. */
const decodersWithAlpha: Readonly<Record<string, string>> = { vp8: 'libvpx', vp9: 'libvpx-vp9' };
