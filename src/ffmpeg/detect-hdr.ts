import { CatalogueError } from '../errors/catalogue-error.ts';
import type { ProbedVideo } from '../plan/probe.ts';
import type { SideData, Stream } from './parse-streams.ts';

/** cd/m2. What a header may claim, and what most is mastered for where it claims nothing. */
const [leastPeak, mostPeak, usualPeak] = [400, 10_000, 1_000];

/**
 * High dynamic range by its transfer. The peak of PQ is the brightest pixel (MaxCLL), else that of the mastering display, else 1000 cd/m2;
 * HLG is relative, and is shown on a display of 1000 cd/m2 (Recommendation ITU-R BT.2100).
 */
export function detectHdr(transfer: string, sideData: SideData[]): ProbedVideo['hdr'] {
  if (transfer === 'arib-std-b67') return { transfer: 'hlg', peakNits: usualPeak };
  if (transfer !== 'smpte2084') return null;
  const content = sideData.map((data) => data.max_content ?? 0);
  const display = sideData.map((data) => parseFraction(data.max_luminance));
  const peak = [...content, ...display].find((nits) => nits > 0) ?? usualPeak;
  return { transfer: 'pq', peakNits: Math.min(mostPeak, Math.max(leastPeak, peak)) };
}

/**
 * Throws INPUT_CODEC_UNSUPPORTED for Dolby Vision whose picture is nothing without its enhancement: profile 5, and those of AV1 without a
 * compatible base layer (ids: Dolby Vision Streams Within the ISO Base Media File Format, table 3). All others are shown by their base layer.
 */
export function refuseDolbyVision({ side_data_list }: Stream): void {
  for (const { dv_profile, dv_bl_signal_compatibility_id } of side_data_list) {
    if (typeof dv_profile !== 'number') continue;
    const alone = dv_profile === 5 || ([10, 20].includes(dv_profile) && !dv_bl_signal_compatibility_id);
    if (!alone) continue;
    const detail = `The video is Dolby Vision profile ${dv_profile}, whose colours only a Dolby Vision player knows. Export it as HDR10, HLG or SDR.`;
    throw new CatalogueError('INPUT_CODEC_UNSUPPORTED', detail, { facts: { dolbyVisionProfile: dv_profile } });
  }
}

function parseFraction(text = ''): number {
  const [numerator = 0, denominator = 0] = text.split('/').map(Number);
  return numerator > 0 && denominator > 0 ? numerator / denominator : 0;
}
