import { damaged } from './boxes.ts';

/** Ticks of the track. */
export interface DecodeLimits {
  /** How far decode times may run ahead of the times at which pictures are shown: what reordering takes. */
  lag: number;
  /** The duration of a picture that is decoded early and shown for longer than that. */
  least: number;
}

/** `DecodeLimits` in ticks of a track: reordering at ordinary frame rates takes 0.04 to 0.09 s. */
export const decodeLimits = (timescale: number): DecodeLimits => ({
  lag: Math.floor(timescale / 10),
  least: Math.max(1, Math.round(timescale / 1_000)),
});

/**
 * Durations for the samples of a closed group of pictures, which begins with the first of `pts` that is shown and ends at `end`: `pts` are
 * their presentation times, in decode order. Decode times are then the sums. They are ours to choose, and a duration is the distance to
 * the next one, whatever the picture does; but players take it for the time for which the picture is shown. Media Source Extensions,
 * coded frame processing (https://www.w3.org/TR/media-source-2/#sourcebuffer-coded-frame-processing): a frame whose pts + duration passes
 * appendWindowEnd is dropped with everything up to the next keyframe, one that passes the next group takes buffered frames of it away,
 * the last one makes the video longer than it is, and what no frame covers is not buffered. An encoder lays a hold of 2.5 s on whichever
 * sample the reordering puts there.
 *
 * So each sample lasts as long as its picture is shown. That covers the group exactly, and at a constant rate it is what encoders write.
 * Except where a picture that others are decoded after (the P before its Bs) is held: by its own duration those would have decode times
 * behind their presentation by the whole hold, and players that do not take negative offsets move all pictures by the largest (ffmpeg,
 * libavformat/mov.c, dts_shift), away from the sound. It lasts `least`, and the last picture that is decoded before the hold ends covers it.
 *
 * All durations are at least 1, their sum is the group's length, and no pts + duration passes `end`. Pure; throws OUTPUT_DAMAGED for times
 * that are not a group's.
 */
export function sampleDurations(pts: readonly number[], end: number, { lag, least }: DecodeLimits): number[] {
  const shown = [...pts].sort((a, b) => a - b);
  const placeOf = new Map(shown.map((time, place) => [time, place]));
  if (placeOf.size < pts.length) throw damaged(`two of ${pts.length} frames are shown at once`);
  if ((shown.at(-1) ?? end) >= end) throw damaged(`a frame is shown at ${shown.at(-1)}, and its group ends at ${end}`);

  const timeAt = (place: number): number => shown[place] ?? end;
  const decoded = new Set<number>();
  let next = 0; // the place of the picture that is shown first of those that are not decoded yet
  let dts = timeAt(0);
  return pts.map((time) => {
    const place = placeOf.get(time) ?? 0;
    const shownFor = timeAt(place + 1) - time;
    let duration = shownFor;
    if (place > next) {
      decoded.add(place);
      if (dts + shownFor > timeAt(next) + lag) duration = Math.min(shownFor, least);
    } else {
      do next += 1;
      while (decoded.delete(next));
      // Nothing is decoded between here and the next picture that is still missing.
      duration = Math.max(shownFor, timeAt(next) - dts);
    }
    dts += duration;
    return duration;
  });
}
