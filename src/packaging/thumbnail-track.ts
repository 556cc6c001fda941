import type { ThumbnailPlan } from '../plan/encode-plan.ts';

/** Name of a sheet; they count from 1. */
export const sheetName = (number: number | '%d'): string => `sprite-${number}.jpg`;

export const sheetCount = ({ count, columns, rows }: Pick<ThumbnailPlan, 'count' | 'columns' | 'rows'>): number =>
  Math.ceil(count / (columns * rows));

/** WebVTT whose cues name a place in a sheet (`#xywh=`, Media Fragments URI 1.0): what players show while seeking. */
export function thumbnailTrack(plan: ThumbnailPlan, durationSeconds: number): string {
  const cues = Array.from({ length: plan.count }, (_, position) => {
    const onSheet = position % (plan.columns * plan.rows);
    const sheet = Math.floor(position / (plan.columns * plan.rows)) + 1;
    const x = (onSheet % plan.columns) * plan.width;
    const y = Math.floor(onSheet / plan.columns) * plan.height;
    const start = position * plan.intervalSeconds;
    const end = position + 1 === plan.count ? durationSeconds : start + plan.intervalSeconds;
    const place = `${sheetName(sheet)}#xywh=${x},${y},${plan.width},${plan.height}`;
    return `${timestamp(start)} --> ${timestamp(end)}\n${place}\n`;
  });
  return ['WEBVTT\n', ...cues].join('\n');
}

/** `HH:MM:SS.mmm` */
function timestamp(seconds: number): string {
  const ms = Math.round(seconds * 1000);
  const pad = (value: number, digits: number) => String(Math.floor(value)).padStart(digits, '0');
  return `${pad(ms / 3_600_000, 2)}:${pad((ms / 60_000) % 60, 2)}:${pad((ms / 1000) % 60, 2)}.${pad(ms % 1000, 3)}`;
}
