import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import { pinoHttp } from 'pino-http';
import type { Logger } from '../../log.ts';
import { describeError } from '../../words/describe-error.ts';
import { addressOf } from '../limits/address-key.ts';

/**
 * What of a URL may be logged: its path, without its query, which can hold a signature or a login token, and of the token of a signed playback
 * URL (`/~…/`) nothing but its sign, escaped or not. Pure.
 */
export const loggedPath = (url: string): string => (url.split(/[?#]/, 1)[0] ?? url).replace(/(~|%7e)[^/]*/gi, '~');

/**
 * One line a request, with the address that it is counted under. Each gets a fresh id, sent back as X-Request-Id. Headers are never logged: they hold keys and
 * cookies. What is asked all the time (health, metrics) is at debug.
 */
export const requestLog = (log: Logger) =>
  pinoHttp<Request, Response>({
    logger: log,
    genReqId(_request, response) {
      const id = randomUUID();
      response.setHeader('x-request-id', id);
      return id;
    },
    serializers: {
      req: ({ id, method, url, raw }) => ({ id, method, path: loggedPath(url), address: addressOf(raw) }),
      res: ({ statusCode }) => ({ statusCode }),
      err: ({ raw }) => describeError(raw),
    },
    customLogLevel(request, response, error) {
      if (error || response.statusCode >= 500) return 'error';
      return /^\/(healthz|readyz|metrics)$/.test(request.url ?? '') ? 'debug' : 'info';
    },
    customSuccessMessage: () => 'request answered',
    customErrorMessage: () => 'request failed',
  });
