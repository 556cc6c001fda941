import { type Response, Router } from 'express';
import type { IssuedKey, KeyRow } from '../../database/api-keys.ts';
import { keyState } from '../../database/key-state.ts';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import { newIdFrom } from '../../ids.ts';
import { pageCursor, readCursor } from '../http/page-cursor.ts';
import { linkNext, onePage } from '../http/paging.ts';
import { readQuery } from '../http/read-query.ts';
import { requestSecret } from '../repeats/request-secret.ts';
import { requestSeed } from '../repeats/request-seed.ts';
import type { ApiServices } from '../services.ts';
import { callerOf } from './auth.ts';
import { type IssuedKeyBody, type KeyBody, keysQuery } from './key-answers.ts';
import { createKeyBody, rotateKeyBody } from './key-bodies.ts';
import { signingKey } from './signing-key.ts';

/** API keys, for administrators: make, list, revoke, rotate. A key is told once, in the answer that makes it. */
export function keyRoutes({ database, settings }: Pick<ApiServices, 'database' | 'settings'>): Router {
  const cursorKey = signingKey(settings.secret, 'cursor');

  return Router()
    .post('/', async (request, response) => {
      const { creator_id, expires_at, ...facts } = createKeyBody.parse(request.body);
      const issued = await database.keys.issue(
        { ...facts, creatorId: creator_id, expiresAt: expires_at },
        keySeed(response),
      );
      response.status(201).json(issuedBody(issued));
    })
    .get('/', async (request, response) => {
      const { creator_id: creatorId, limit, cursor } = readQuery(keysQuery, request.query);
      const list = ['keys', creatorId ?? null];
      const [before] = cursor === undefined ? [] : readCursor(cursor, list, cursorKey);
      const { rows, last } = onePage(await database.keys.list({ creatorId, before, limit: limit + 1 }), limit);
      const next_cursor = last && pageCursor([last.id], list, cursorKey);
      linkNext(request, response, settings.publicUrl, next_cursor);
      const now = new Date();
      response.json({ keys: rows.map((key) => keyBody(key, callerOf(response).keyId, now)), next_cursor });
    })
    .delete('/:id', async (request, response) => {
      if (!(await database.keys.revoke(keyId(request.params.id), { keepAdmin: true }))) throw noSuchKey();
      response.status(204).end();
    })
    .post('/:id/rotate', async (request, response) => {
      const { overlap_seconds } = rotateKeyBody.parse(request.body);
      const rotated = await database.keys.rotate(keyId(request.params.id), {
        overlapSeconds: overlap_seconds,
        seed: keySeed(response),
      });
      if (!rotated) throw noSuchKey();
      const replaces = { key_id: request.params.id, expires_at: rotated.oldExpiresAt.toISOString() };
      response.status(201).json({ ...issuedBody(rotated), replaces });
    });
}

/** The same for the same request: whoever has lost the answer to one with an Idempotency-Key gets that key, and no second one. */
const keySeed = (response: Response) => ({
  id: newIdFrom(requestSeed(response), 'key'),
  secretBytes: requestSecret(response),
});

const factsOf = (key: KeyRow) => ({
  key_id: key.id,
  creator_id: key.creatorId,
  name: key.name,
  plan: key.plan,
  scopes: [...key.scopes],
  created_at: key.createdAt.toISOString(),
  expires_at: key.expiresAt?.toISOString() ?? null,
});

const issuedBody = ({ key, secret }: IssuedKey): IssuedKeyBody => ({ ...factsOf(key), key: secret });

const keyBody = (key: KeyRow, currentId: string, now: Date): KeyBody => ({
  ...factsOf(key),
  state: keyState(key, now),
  revoked_at: key.revokedAt?.toISOString() ?? null,
  successor_id: key.successorId,
  current: key.id === currentId,
});

/** The id, where it can be one: nothing else is asked of the database. */
function keyId(text: string): string {
  if (!/^key_[0-9a-z]{1,40}$/.test(text)) throw noSuchKey();
  return text;
}

const noSuchKey = () => new CatalogueError('NOT_FOUND', 'There is no such key.');
