import { z } from 'zod';
import { lastTime } from '../../database/key-state.ts';
import { scopes } from '../../database/scopes.ts';
import { displayName } from '../../words/display-name.ts';

const longestKeyName = 100;
const longestOverlap = 30 * 86_400;
const usualOverlap = 86_400;

/** Printable ASCII without spaces: ids of users, e-mail addresses, `auth0|123`. */
export const creator = /^[!-~]{1,128}$/;

/** What clients send to make a key. */
export const createKeyBody = z.strictObject({
  creator_id: z
    .string()
    .regex(creator, 'must be 1 to 128 printable ASCII characters without spaces')
    .meta({ description: 'Whose videos it is for: your own id of a user, or one for your whole app.' }),
  name: z
    .string()
    .max(longestKeyName)
    .transform((text) => displayName(text))
    .refine((text) => text.length > 0, 'must not be empty')
    .meta({ description: 'What you know it by.', example: 'web app, production' }),
  scopes: z
    .array(z.enum(scopes))
    .min(1)
    .transform((given) => scopes.filter((scope) => given.includes(scope)))
    .meta({ description: 'What it may do. None implies another.' }),
  plan: z.enum(['free', 'standard', 'premium']).default('standard'),
  expires_at: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .refine((date) => date.getTime() > Date.now(), 'must be in the future')
    .refine((date) => date <= lastTime, 'must be in a year of four digits')
    .nullable()
    .default(null)
    .meta({ description: 'When it ends. Default: when it is revoked.' }),
});

export const rotateKeyBody = z
  .strictObject({
    overlap_seconds: z
      .int()
      .min(0)
      .max(longestOverlap)
      .default(usualOverlap)
      .meta({ description: 'How long the old key stays valid beside the new one, s.' }),
  })
  .prefault({});
