import { z } from 'zod';
import { audioRendition } from '../packaging/packager-args.ts';
import { type SoundReport, soundReportSchema, soundWarnings } from '../plan/audio-report.ts';
import { type EncodePlan, renditionName } from '../plan/encode-plan.ts';
import { type Hole, sayHoles } from '../plan/holes.ts';
import { rateBuffer } from '../plan/rate-control.ts';
import { segmentSeconds } from '../plan/segment-seconds.ts';
import { type Warning, warn } from '../plan/warnings.ts';
import type { Artefact } from './services.ts';
import type { VerifiedRendition } from './verify-rendition.ts';

const segmentFacts = z.object({
  /** Sizes of the pictures that were decoded, `1280x720`. */
  pictureSizes: z.array(z.string()).default([]),
  /** Pictures of which a decoder filled parts by guess. */
  damagedPictures: z.number().default(0),
});

/** What came out while a video was made, for its report: out of the facts of what was committed, and the last check. Pure. */
export function madeWarnings(
  plan: EncodePlan,
  { segments, sounds, renditions }: { segments: Artefact[]; sounds: Artefact[]; renditions: VerifiedRendition[] },
): Warning[] {
  return [
    ...sizeWarnings(segments),
    ...pictureWarnings(plan, segments),
    ...rateWarnings(plan, renditions),
    ...soundWarnings(plan.audio, soundReports(plan, sounds)),
  ];
}

function sizeWarnings(segments: Artefact[]): Warning[] {
  const inOrder = [...segments].sort((a, b) => (a.segmentIndex ?? 0) - (b.segmentIndex ?? 0));
  const sizes = [...new Set(inOrder.flatMap(({ facts }) => segmentFacts.parse(facts).pictureSizes))];
  if (sizes.length < 2) return [];
  const [first, ...others] = sizes;
  return [warn('resolution_changed', `The picture is ${first} at first, later ${others.slice(0, 5).join(', ')}.`)];
}

/** A damaged picture that lies before a segment, and is decoded for it, is seen in it as well: later pictures lean on it. */
function pictureWarnings({ segments: planned, source }: EncodePlan, segments: Artefact[]): Warning[] {
  const spans: Hole[] = [];
  let pictures = 0;
  for (const segment of planned) {
    const counts = segments.flatMap(({ segmentIndex, facts }) =>
      segmentIndex === segment.index ? [segmentFacts.parse(facts).damagedPictures] : [],
    );
    const most = Math.max(0, ...counts);
    if (most === 0) continue;
    pictures += most;
    const span = segmentSeconds(segment, source);
    const before = spans.at(-1);
    if (before?.to === span.from) before.to = span.to;
    else spans.push(span);
  }
  if (spans.length === 0) return [];
  const detail = `Parts of ${sayCount(pictures, 'picture')} cannot be decoded and are filled by guess, ${sayHoles(spans)}.`;
  return [warn('pictures_damaged', detail)];
}

/** One for each sound track of the source: every bitrate of it has the same. */
function soundReports(plan: EncodePlan, sounds: Artefact[]): (SoundReport | null)[] {
  return plan.audio.map(({ tracks: [track] }) => {
    const row = sounds.find(({ rendition }) => track && rendition === audioRendition(track));
    return soundReportSchema.safeParse(row?.facts).data ?? null;
  });
}

function rateWarnings(plan: EncodePlan, renditions: VerifiedRendition[]): Warning[] {
  const details = plan.rungs.flatMap((rung) => {
    const { underflow, timescale } = renditions.find(({ rendition }) => rendition === renditionName(rung)) ?? {};
    if (!underflow || !timescale) return [];
    const late = (underflow.bits / 1_000 / rateBuffer(rung.rateControl).maxrateKbps).toFixed(2);
    const from = (underflow.firstDts / timescale).toFixed(1);
    return [
      `${renditionName(rung)}: ${sayCount(underflow.frames, 'frame')}, the first at ${from} s, together ${late} s late`,
    ];
  });
  if (details.length === 0) return [];
  return [warn('rate_exceeded', `At their highest bitrate some frames come late: ${details.join('; ')}.`)];
}

const sayCount = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
