import type { Response } from 'express';
import { newSeed } from '../../ids.ts';

/**
 * What a handler names after what it makes (`newIdFrom`): the same whenever the same request with an Idempotency-Key is executed, also by
 * another process after a crash; a fresh one for every request without such a key. A handler that finds what it was to make there
 * already answers as if it had made it.
 */
export function requestSeed(response: Response): string {
  const seed: string = response.locals.seed ?? newSeed();
  response.locals.seed = seed;
  return seed;
}
