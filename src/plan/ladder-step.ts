import { z } from 'zod';

/** kbit/s or kbit, up to what the highest level of H.264 allows. */
const kbps = (least: number) => z.int().min(least).max(800_000);
/** A rung as an operator writes it; which of its numbers it needs, its policy's rate control says (`check-policy.ts`). */
export const ladderStepSchema = z.strictObject({
  height: z
    .int()
    .min(64)
    .max(4_320)
    .multipleOf(2, 'must be even: colour has half the lines')
    .meta({ description: 'Short side, pixels. Rungs above that of a source are not made.' }),
  crf: z.number().min(1).max(51).optional().meta({ description: 'Quality of x264, lower is better; of mode crf.' }),
  bitrate_kbps: kbps(20).optional().meta({ description: 'Average; of modes vbr and cbr.' }),
  maxrate_kbps: kbps(20).optional().meta({ description: 'Peak; of modes crf and vbr.' }),
  bufsize_kbps: kbps(5).meta({ description: 'The decoder’s buffer, kbit.' }),
});
export type LadderStepDocument = z.infer<typeof ladderStepSchema>;
