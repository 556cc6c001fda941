import type { LadderStepDocument } from './ladder-step.ts';
import type { RateMode } from './rate-control.ts';

/** What is wrong with a policy, and where. */
export interface PolicyFault {
  path: (string | number)[];
  message: string;
}

/** Seconds that must fit each other. Pure. */
export function checkTimes({
  media_segment_seconds: segment,
  gop_seconds: gop,
}: {
  media_segment_seconds: number;
  gop_seconds: number;
}): PolicyFault[] {
  if (segment % gop === 0) return [];
  const message = `${segment} s is no whole number of gop_seconds (${gop} s): each segment must begin with a keyframe`;
  return [{ path: ['media_segment_seconds'], message }];
}

/** The rungs by themselves, and beside each other. Pure. */
export function checkLadder({
  rate_control,
  ladder,
}: {
  rate_control: { mode: RateMode };
  ladder: readonly LadderStepDocument[];
}): PolicyFault[] {
  const { mode } = rate_control;
  return ladder.flatMap((step, index) => {
    const faults = [...checkNumbers(step, mode), ...checkBuffer(step)];
    const below = ladder[index - 1];
    if (below && faults.length === 0) faults.push(...checkOrder(step, below));
    return faults.map(({ field, message }) => ({ path: ['ladder', index, ...(field ? [field] : [])], message }));
  });
}

interface StepFault {
  field?: keyof LadderStepDocument;
  message: string;
}

/** The numbers that each mode is made of. */
const numbersOf = {
  crf: ['crf', 'maxrate_kbps'],
  vbr: ['bitrate_kbps', 'maxrate_kbps'],
  cbr: ['bitrate_kbps'],
} as const satisfies Record<RateMode, readonly (keyof LadderStepDocument)[]>;
const all = ['crf', 'bitrate_kbps', 'maxrate_kbps'] as const;

function checkNumbers(step: LadderStepDocument, mode: RateMode): StepFault[] {
  const wanted: readonly string[] = numbersOf[mode];
  return all.flatMap((field): StepFault[] => {
    const given = step[field] !== undefined;
    if (given === wanted.includes(field)) return [];
    if (!given) return [{ field, message: `rate_control.mode ${mode} needs it for every rung` }];
    const peak = mode === 'cbr' && field === 'maxrate_kbps' ? ': its rate is its peak' : '';
    return [{ field, message: `counts for nothing where rate_control.mode is ${mode}${peak}` }];
  });
}

/** Seconds of its peak rate that a buffer may hold. Below a quarter no keyframe fits; x264 and players know no use for more than ten. */
const bufferSeconds = { least: 0.25, most: 10 };

function checkBuffer(step: LadderStepDocument): StepFault[] {
  const { bitrate_kbps: average, maxrate_kbps: maxrate, bufsize_kbps: bufsize } = step;
  if (average !== undefined && maxrate !== undefined && maxrate < average) {
    return [
      {
        field: 'maxrate_kbps',
        message: `${maxrate} is below bitrate_kbps (${average}): a peak is no less than its average`,
      },
    ];
  }
  const peak = peakOf(step);
  const [least, most] = [Math.ceil(peak * bufferSeconds.least), peak * bufferSeconds.most];
  if (peak === 0 || (bufsize >= least && bufsize <= most)) return [];
  return [
    {
      field: 'bufsize_kbps',
      message: `${bufsize} is not within ${least} to ${most}: ${bufferSeconds.least} to ${bufferSeconds.most} s at ${peak} kbit/s`,
    },
  ];
}

/** Players order renditions by their rate, and expect the larger picture behind the higher one. */
function checkOrder(step: LadderStepDocument, below: LadderStepDocument): StepFault[] {
  if (step.height === below.height) return [{ field: 'height', message: `${step.height} stands there twice` }];
  if (step.height < below.height)
    return [{ field: 'height', message: `${step.height} follows ${below.height}: rungs ascend` }];
  const [peak, peakBelow] = [peakOf(step), peakOf(below)];
  if (peak >= peakBelow) return [];
  return [
    {
      message: `its peak (${peak} kbit/s) is below that of the smaller rung (${peakBelow} kbit/s): no player would choose by it`,
    },
  ];
}

const peakOf = ({ maxrate_kbps, bitrate_kbps = 0 }: LadderStepDocument): number => maxrate_kbps ?? bitrate_kbps;
