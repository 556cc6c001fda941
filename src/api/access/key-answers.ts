import { z } from 'zod';
import { keyStates } from '../../database/key-state.ts';
import { scopes } from '../../database/scopes.ts';
import { pageAnswer, pageQuery } from '../http/paging.ts';
import type { Operation } from '../operation.ts';
import { createKeyBody, creator, rotateKeyBody } from './key-bodies.ts';

const time = z.iso.datetime().meta({ description: 'RFC 3339, UTC.' });

const facts = {
  key_id: z.string().meta({ example: 'key_01jd2m6w5k8x9y0z1a2b3c4d5e' }),
  creator_id: z.string(),
  name: z.string(),
  plan: z.enum(['free', 'standard', 'premium']).meta({ description: 'Decides the priority of its videos.' }),
  scopes: z.array(z.enum(scopes)),
  created_at: time,
  expires_at: time.nullable().meta({ description: 'When it ends; null: when it is revoked.' }),
};

export const keySchema = z
  .object({
    ...facts,
    state: z.enum(keyStates).meta({
      description: '`ending`: it was rotated, and is valid until `expires_at` so that its successor can be rolled out.',
    }),
    revoked_at: time.nullable(),
    successor_id: z.string().nullable().meta({ description: 'The key that took its place when it was rotated.' }),
    current: z.boolean().meta({ description: 'This request was sent with it, or with a browser session of it.' }),
  })
  .meta({ id: 'Key' });
export type KeyBody = z.infer<typeof keySchema>;

const secret = z
  .string()
  .meta({ description: 'The key itself, shown this once: only its hash is kept.', example: 'rm_…' });

export const issuedKeySchema = z.object({ ...facts, key: secret }).meta({ id: 'IssuedKey' });
export type IssuedKeyBody = z.infer<typeof issuedKeySchema>;

export const rotatedKeySchema = z
  .object({
    ...facts,
    key: secret,
    replaces: z
      .object({ key_id: z.string(), expires_at: time })
      .meta({ description: 'The old key, and when it ends.' }),
  })
  .meta({ id: 'RotatedKey' });

export const keysSchema = z.object({ keys: z.array(keySchema), ...pageAnswer }).meta({ id: 'Keys' });

/** What `GET /api/v1/keys` takes. */
export const keysQuery = z.strictObject({
  creator_id: z
    .string()
    .regex(creator, 'must be the id of a creator')
    .optional()
    .meta({ description: 'Keys of this creator alone.' }),
  ...pageQuery,
});

const keys = { tag: 'Keys', access: 'admin', parameters: { id: 'The id of a key.' } } as const;

export const keyOperations: Operation[] = [
  {
    ...keys,
    method: 'post',
    path: '/api/v1/keys',
    id: 'createKey',
    summary: 'Makes an API key for a creator, with any scopes',
    body: createKeyBody.meta({ id: 'NewKey' }),
    answers: { 201: { description: 'The key, this once.', body: issuedKeySchema } },
  },
  {
    ...keys,
    method: 'get',
    path: '/api/v1/keys',
    id: 'listKeys',
    summary: 'All keys, newest first, without their secrets',
    query: keysQuery,
    answers: { 200: { description: 'A page of them.', body: keysSchema } },
  },
  {
    ...keys,
    method: 'delete',
    path: '/api/v1/keys/{id}',
    id: 'revokeKey',
    summary:
      'Ends a key, its browser sessions and its upload tokens at once; may be sent again. The key that sends this may end itself, unless it is the last one with the scope admin',
    answers: { 204: { description: 'It counts for nothing any more.' } },
    codes: ['KEY_CONFLICT'],
  },
  {
    ...keys,
    method: 'post',
    path: '/api/v1/keys/{id}/rotate',
    id: 'rotateKey',
    summary:
      'Makes a new key with the same creator, plan and scopes; the old one stays valid for the overlap, so that no request fails between them',
    body: rotateKeyBody.meta({ id: 'Rotation' }),
    answers: { 201: { description: 'The new key, this once.', body: rotatedKeySchema } },
    codes: ['KEY_CONFLICT'],
  },
];
