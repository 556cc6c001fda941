import type { EncoderName } from '../../plan/encode-plan.ts';
import type { Encoder } from './encoder.ts';
import { libx264 } from './libx264.ts';

/** Every encoder that a plan can name. */
export const encoders: Record<EncoderName, Encoder> = { libx264 };
