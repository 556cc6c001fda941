import { z } from 'zod';
import { displayName, longestName } from '../../words/display-name.ts';

const nameOf = (least: number) =>
  z
    .string()
    .min(least)
    .max(longestName)
    .transform((text) => displayName(text));

/** A name that is too long is refused, not cut: its end can be what tells it from another. */
export const name = nameOf(1);

/** A name, or none. */
export const nameOrNone = nameOf(0);

/** RFC 9110, 8.3.1. */
const mediaType = /^[\w.+-]+\/[\w.+-]+( *;[^\p{Cc}]*)?$/u;

/** A name that no preset can have is PRESET_UNKNOWN as any other that is not there; only what Postgres does not take as text is refused here. */
export const wantedPreset = z
  .string()
  .max(100)
  .refine((text) => !text.includes('\0'), 'must be the name of a preset')
  .default('standard')
  .meta({ description: 'What is made of it: one of GET /api/v1/presets.' });

/** What clients send to the endpoints of an upload. A field that is not named here is refused: misspelt, it would count for nothing, and nobody would know. */
export const createBody = z.strictObject({
  filename: name.transform((text) => text || 'unnamed'),
  // Without its parameters: they decide nothing, and could hold what no header may.
  content_type: z
    .string()
    .max(255)
    .regex(mediaType, 'must be a media type such as video/mp4')
    .meta({ pattern: mediaType.source })
    .transform((type) => type.replace(/ *;.*/su, '').toLowerCase())
    .default('application/octet-stream'),
  file_size_bytes: z.int().nonnegative(),
  title: name.optional(),
  preset: wantedPreset,
  upload_token: z
    .boolean()
    .default(false)
    .meta({ description: 'Asks for an upload token as well, to hand to a browser.' }),
});

const partNumber = z.int().min(1).max(10_000);

export const partsBody = z.strictObject({
  part_numbers: z
    .array(partNumber)
    .min(1)
    .max(1_000)
    .refine((numbers) => new Set(numbers).size === numbers.length, 'must name each part once')
    .meta({ uniqueItems: true }),
});

export const completeBody = z.strictObject({
  parts: z
    .array(
      z.strictObject({
        part_number: partNumber,
        // As the storage's answer gave it: quoted or not.
        etag: z
          .string()
          .max(200)
          .transform((etag) => etag.replace(/^"(.*)"$/, '$1')),
        size_bytes: z.int().optional().meta({ description: 'As GET lists it; it counts for nothing here.' }),
      }),
    )
    .max(10_000),
  /** sha256 of the whole file, hex, with or without `sha256:`. */
  checksum: z
    .string()
    .regex(/^(sha256:)?[0-9a-fA-F]{64}$/, 'must be the sha256 of the file, hex')
    .transform((text) => text.toLowerCase().replace('sha256:', ''))
    .optional(),
});
export type CompleteBody = z.infer<typeof completeBody>;
