import { z } from 'zod';

const kbps = z.int().positive();

/** How many bits a rung's encoder may spend. Rates in kbit/s, `bufsizeKbps` (the decoder's buffer) in kbit. */
export const rateControlSchema = z.discriminatedUnion('mode', [
  /** Capped CRF: a quality, and what its rate never passes. */
  z.strictObject({ mode: z.literal('crf'), crf: z.number(), maxrateKbps: kbps, bufsizeKbps: kbps }),
  /** An average, and what its rate never passes. */
  z.strictObject({ mode: z.literal('vbr'), bitrateKbps: kbps, maxrateKbps: kbps, bufsizeKbps: kbps }),
  /** One rate, filled up where the pictures need less. */
  z.strictObject({ mode: z.literal('cbr'), bitrateKbps: kbps, bufsizeKbps: kbps }),
]);
export type RateControl = z.infer<typeof rateControlSchema>;
export type RateMode = RateControl['mode'];

/** The decoder's buffer: it fills at `maxrateKbps` up to `bufsizeKbps` (kbit). */
export interface RateBuffer {
  maxrateKbps: number;
  bufsizeKbps: number;
}

export const cappedCrf = (crf: number, maxrateKbps: number, bufsizeKbps: number): RateControl => ({
  ...{ mode: 'crf', crf, maxrateKbps, bufsizeKbps },
});

/** What a rung's rate asks of a decoder. Pure. */
export function rateBuffer(rate: RateControl): RateBuffer {
  const { bufsizeKbps } = rate;
  switch (rate.mode) {
    case 'crf':
    case 'vbr':
      return { maxrateKbps: rate.maxrateKbps, bufsizeKbps };
    case 'cbr':
      return { maxrateKbps: rate.bitrateKbps, bufsizeKbps };
    default:
      return rate satisfies never;
  }
}
