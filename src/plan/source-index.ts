import { z } from 'zod';
import { rationalSchema } from './probe.ts';

/** What one demux pass tells of the chosen video stream. All times are ticks of `timeBase`, on the source's own clock. */
export const sourceIndexSchema = z.object({
  version: z.literal(1),
  timeBase: rationalSchema,
  /** False where packet times are missing, repeated or run backwards: then `presented` comes from a decode pass. */
  trustworthy: z.boolean(),
  /** Presentation times of every frame that a player shows, ascending; the first one is the source's `start`. */
  presented: z.array(z.int()).min(1),
  /** End of the last presented frame. */
  end: z.int(),
  /** Places where decoding can begin, ascending by pts; `dts` is what a seek must aim at. */
  keyframes: z.array(z.object({ pts: z.int(), dts: z.int() })),
});
export type SourceIndex = z.infer<typeof sourceIndexSchema>;
