import { CatalogueError } from '../errors/catalogue-error.ts';
import { sayHoles } from '../plan/holes.ts';
import type { Policy } from '../plan/policy.ts';
import { type Warning, warn } from '../plan/warnings.ts';
import { framesIn, type LostFrames } from './lost-frames.ts';
import { sayNumber } from './say-number.ts';
import type { Shortage } from './shortage.ts';

/** Up to this share of a source may be missing: a warning. Above it the source is refused, unless the policy publishes what is there. */
export const tolerableLoss = 0.005;

type OnDamage = Pick<Policy, 'onDamage'>;

/** How much of the picture is there. Seconds. */
export interface FoundSpan {
  present: number;
  /** What the file says of its picture; null where it says nothing, or would say nothing but what was counted in it. */
  told: number | null;
  /** How much of the sound is there, where the file is cut behind the end of its picture. */
  sound?: { present: number; told: number };
  /** The file ends before its last packet does. */
  endsEarly: boolean;
  /** The demuxer tells of bytes that are missing or wrong. */
  damaged: boolean;
  /** What the file's own bytes say is missing. Some demuxers do not tell: then it is this that says that the file ends early. */
  short?: Shortage | null;
}

/**
 * A file whose end is missing: a warning, or INPUT_TRUNCATED, INPUT_DAMAGED where more than is tolerable is not there. One that tells no
 * duration (a live recording) simply ends.
 */
export function judgeEnd({ present, told, damaged, short, ...found }: FoundSpan, { onDamage }: OnDamage): Warning[] {
  const share = short?.share ?? null;
  const endsEarly = found.endsEarly || share !== null;
  const missing = told === null ? 0 : told - present;
  const tooShort = told !== null && missing > Math.max(told * tolerableLoss, overhang);
  const tooMuch = tooShort || (share !== null && share > tolerableLoss);
  // Where bytes tell, the duration may be no more than a guess from what is there.
  const toldToo = share === null || (share === 0 && tooShort) ? told : null;
  const spans = found.sound
    ? `${saySpan(present, told)} of the picture are present, and ${saySpan(found.sound.present, found.sound.told)} of the sound`
    : `${saySpan(present, toldToo)} are present`;
  const facts = { presentSeconds: present, toldSeconds: told };
  if (short?.chain === 'broken') {
    const detail = `Nothing can be read behind ${present.toFixed(1)} s: ${short.words}.`;
    if (tooMuch && onDamage === 'refuse') throw new CatalogueError('INPUT_DAMAGED', detail, { facts });
    return [warn('end_missing', detail)];
  }
  if (endsEarly) {
    const detail = `The file ends too early: ${short ? `${short.words}; ` : ''}${spans}.`;
    if (tooMuch && onDamage === 'refuse') throw new CatalogueError('INPUT_TRUNCATED', detail, { facts });
    return [warn('end_missing', detail)];
  }
  // Behind the damage a demuxer may find nothing more. Sound can go on a little longer than the picture.
  if (!damaged || !tooMuch || missing <= 1) return [];
  const detail = `Nothing can be read behind ${present.toFixed(1)} s: ${spans}.`;
  if (onDamage === 'refuse') throw new CatalogueError('INPUT_DAMAGED', detail, { facts });
  return [warn('end_missing', detail)];
}

/** Seconds: a container's word goes on to the end of the last packet of its sound, and of some it counts what lies before the first picture. */
const overhang = 0.1;

/** `6.0 of 12.0 s`; `12.0 s` where both are the same to a reader. */
function saySpan(present: number, told: number | null): string {
  const [there, whole] = [present.toFixed(1), told?.toFixed(1) ?? null];
  return whole === null || there === whole ? `${there} s` : `${there} of ${whole} s`;
}

/**
 * Frames that are missing: a warning, or INPUT_DAMAGED where they are more than is tolerable of all. Where a file breaks off in the middle of a
 * group of pictures, what is shown before its last pictures and is stored behind them is no loss: `cutAt` is its end, seconds.
 */
export function judgeLost(found: LostFrames | null, cutAt: number | null, { onDamage }: OnDamage): Warning[] {
  const inside = (found?.holes ?? []).filter(({ from }) => cutAt === null || from < cutAt - mostReordered);
  if (!found || inside.length === 0) return [];
  const lost = framesIn(inside);
  const of = found.of - framesIn(found.holes) + lost;
  const holes = inside.map(({ from, to }) => ({ from, to }));
  const detail = `${sayNumber(lost)} of ${sayNumber(of)} frames (${percent(lost / of)}) cannot be decoded: ${sayHoles(holes)}.`;
  if (lost > of * tolerableLoss && onDamage === 'refuse') {
    throw new CatalogueError('INPUT_DAMAGED', detail, { facts: { lost, of, holes: holes.slice(0, mostHoles) } });
  }
  return [warn('frames_lost', detail)];
}

const mostHoles = 100;

/** Seconds: 16 pictures, the most that H.264 and HEVC hold back, at 25 a second, are little more. */
const mostReordered = 0.5;

/** `8.0 %`, `0.33 %`, `0.0011 %`: what is tolerable has two digits. */
const percent = (share: number): string =>
  `${share < 0.01 ? (100 * share).toPrecision(2) : (100 * share).toFixed(1)} %`;
