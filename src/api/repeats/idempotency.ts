import { createHash } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { IdempotentRequests, KeptAnswer, Lease } from '../../database/idempotency.ts';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import { callerOf } from '../access/auth.ts';
import { operationOf } from '../access/authorise.ts';
import { callerKey } from '../access/caller-key.ts';
import { signingKey } from '../access/signing-key.ts';
import { errorHandler } from '../http/error-handler.ts';
import type { Operation } from '../operation.ts';
import { holdAnswer } from './hold-answer.ts';
import { holdLease } from './hold-lease.ts';
import { fingerprintOf, readIdempotencyKey } from './idempotency-key.ts';
import type { SecretSource } from './request-secret.ts';
import { openAnswer, type Seal, sealAnswer } from './seal-answer.ts';

/** Renewed at a third of it. After a crash the same request waits at most this long until it may be executed again. */
const leaseMs = 15_000;
const retryAfterSeconds = 2;
/** Of a body that is kept. None of ours comes near it; an answer that is larger is made again. */
const mostKeptBytes = 64 * 1_024;
/** Of an answer's headers those that a client acts on. The others belong to the request at hand. */
const keptHeaders = ['content-type', 'location', 'etag', 'link', 'preference-applied', 'content-language'];

/**
 * `Idempotency-Key` on a POST: the same request gets the same answer, byte for byte, and does nothing twice; one that only signs or reads
 * (`repeatable`) is executed again. The row is written before
 * the handler begins, the answer before it is sent; in between the lease tells others that somebody is at it. Whoever takes over after
 * a crash executes the handler with the seed of the first (`requestSeed`, `requestSecret`), so that the same is made.
 */
export function idempotency(requests: IdempotentRequests, secret: string): RequestHandler {
  const sealingKey = signingKey(secret, 'kept-answer');
  const secretKey = signingKey(secret, 'made-secret');
  return async (request, response, next) => {
    const idempotencyKey = request.method === 'POST' ? readIdempotencyKey(request.get('idempotency-key')) : null;
    if (idempotencyKey === null) return next();
    const fingerprint = fingerprintOf(request.method, request.originalUrl, request.body);
    const seal: Seal = { key: sealingKey, idempotencyKey, fingerprint };
    const key = createHash('sha256').update(idempotencyKey).digest('hex');
    const begun = await requests.begin({ owner: callerKey(callerOf(response)), key, fingerprint }, leaseMs);
    switch (begun.state) {
      case 'ours':
        response.locals.seed = begun.seed;
        response.locals.secretSource = { key: secretKey, idempotencyKey, seed: begun.seed } satisfies SecretSource;
        keepAnswer(request, response, next, { requests, seal, ...begun });
        return next();
      case 'answered':
        return replay(response, begun.answer, seal);
      case 'in-flight':
        throw inFlight(response);
      case 'reused':
        throw new CatalogueError('IDEMPOTENCY_KEY_REUSED', 'It was sent with another path or body.');
    }
  };
}

/**
 * Whether an answer is kept: successes alone, of operations that make something, and no larger than anything that we answer. What was
 * refused has made nothing, and may be allowed meanwhile: a preset is made, a limit is over. Where a refusal does change something
 * (`complete` fails the video), the row of that tells it again. Pure.
 */
export const isKept = ({ repeatable }: Pick<Operation, 'repeatable'>, status: number, bytes: number): boolean =>
  !repeatable && status >= 200 && status < 300 && bytes <= mostKeptBytes;

interface Ours {
  requests: IdempotentRequests;
  seal: Seal;
  lease: Lease;
  again: boolean;
}

/** Answers are written before they are sent: who loses one on the way gets it when he asks again. */
function keepAnswer(request: Request, response: Response, next: NextFunction, ours: Ours): void {
  const { requests, seal, again } = ours;
  const holding = holdLease(requests, ours.lease, leaseMs);
  holdAnswer(
    response,
    async ({ status, body }) => {
      const lease = await holding.letGo();
      if (isKept(operationOf(response), status, body.length)) {
        const answer = { status, headers: headersOf(response), body: sealAnswer(body, seal) };
        // Lost: somebody else executes it, and one answer is to be the answer.
        if (!lease || !(await requests.answer(lease, answer))) throw inFlight(response);
      } else if (lease) {
        // What another execution, or this one, may have made belongs to the seed: the row stays. So does one that succeeded, as its key is used.
        const refused = status >= 400 && status < 500;
        const end = !refused || again ? requests.release(lease) : requests.forget(lease);
        await end.catch((error: unknown) =>
          request.log.warn({ err: error }, 'a request with an Idempotency-Key stays locked for some seconds'),
        );
      }
    },
    (error) => errorHandler(error, request, response, next),
  );
}

function headersOf(response: Response): Record<string, string> {
  const found = keptHeaders.map((name) => [name, response.getHeader(name)]);
  return Object.fromEntries(
    found.filter(([, value]) => value !== undefined).map(([name, value]) => [name, String(value)]),
  );
}

function replay(response: Response, { status, headers, body }: KeptAnswer, seal: Seal): void {
  const opened = openAnswer(body, seal);
  if (!opened) {
    throw new CatalogueError(
      'IDEMPOTENCY_KEY_REUSED',
      'This request was answered before, and its answer cannot be read since the secret of the server was changed.',
    );
  }
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.status(status).set('idempotency-replayed', 'true').send(opened);
}

function inFlight(response: Response): CatalogueError {
  response.set('retry-after', String(retryAfterSeconds));
  return new CatalogueError('IDEMPOTENCY_IN_FLIGHT', 'Another process or connection is at it.');
}
