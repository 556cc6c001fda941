import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const triple = z.tuple([z.number(), z.number(), z.number()]);

/** What `test/fixtures/hdr-patches.mjs` computed from the standards' text: code values of patches, and what they are in BT.709. */
export const hdrReferences = z
  .array(
    z.object({
      transfer: z.enum(['pq', 'hlg']),
      peakNits: z.number(),
      patches: z.array(z.object({ name: z.string(), codes: triple, bt709: triple })),
    }),
  )
  .parse(JSON.parse(await readFile(new URL('../fixtures/hdr-patches.json', import.meta.url), 'utf8')));
