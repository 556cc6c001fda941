import type { EncoderName, Fleet } from './encode-plan.ts';

const fleets = { libx264: 'cpu' } as const satisfies Record<EncoderName, Fleet>;

/** The machines that an encoder runs on. */
export const fleetOf = (encoder: EncoderName): Fleet => fleets[encoder];
