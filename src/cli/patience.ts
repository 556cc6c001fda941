import { setTimeout as sleep } from 'node:timers/promises';
import { type UserError, userError } from '../errors/catalogue-error.ts';
import { ApiProblem, NoAnswer } from './api-client.ts';

/** The API or its Postgres may be started again while we wait; longer than this they are gone. */
const defaultMs = 60_000;
const firstPauseMs = 250;
const longestPauseMs = 4_000;

/** Goes through calls that fail while a service is away. One for all calls to an API: who has waited in vain does not wait again. */
export interface Patience {
  /**
   * Does `work` until it succeeds. Rejects with its error where `again` says that another try cannot help, or where everything
   * has failed for too long. Patience is whole again after each success.
   */
  insist<Result>(work: () => Promise<Result>, again?: (error: unknown) => boolean): Promise<Result>;
}

/** `onWait` is told, in words, when a row of failures begins. */
export function createPatience({ ms = defaultMs, onWait = (_words: string): void => undefined } = {}): Patience {
  let failingSince: number | null = null;
  return {
    async insist(work, again = mayPass) {
      for (let failures = 1; ; failures += 1) {
        try {
          const result = await work();
          failingSince = null;
          return result;
        } catch (error) {
          if (!again(error)) throw error;
          const asked = error instanceof ApiProblem ? error.retryAfterMs : 0;
          const limited = error instanceof ApiProblem && error.status === 429;
          if (failingSince === null) onWait(waitWords(error, limited ? asked : ms));
          failingSince ??= Date.now();
          const pause = limited
            ? Math.max(asked, firstPauseMs)
            : nextPause(failures, ms - (Date.now() - failingSince), asked);
          if (pause === null) throw error;
          // Who says when to come again is there: this wait is no failure.
          if (limited) failingSince = Math.max(failingSince, Date.now() + pause);
          await sleep(pause);
        }
      }
    },
  };
}

/** Pure: whether the same call can succeed later. For calls that may be done twice, or that send an Idempotency-Key. */
export const mayPass = (error: unknown): boolean =>
  error instanceof NoAnswer ||
  (error instanceof ApiProblem && !isSetUpWrongly(error) && (error.status >= 500 || error.error.retryable));

/** Pure: whether an operator has to mend a setting of the server first. */
export const isSetUpWrongly = (error: unknown): boolean =>
  error instanceof ApiProblem && error.error.code === 'CONFIG_INVALID';

/**
 * Pure: how long to wait after so many failures, ms: doubled each time, at least what the API asks for, and a last try when patience
 * ends. Null: it has ended.
 */
export function nextPause(failures: number, leftMs: number, askedMs = 0): number | null {
  const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1));
  return leftMs <= 0 ? null : Math.min(leftMs, Math.max(pause, askedMs));
}

const waitWords = (error: unknown, ms: number): string =>
  `${reasonOf(error)?.detail.replace(/\.$/, '')}; trying again for ${Math.ceil(ms / 1_000)} s`;

/** Pure: why a file or video could not be brought to its end, as its result says it; null for what is no answer about one file. */
export function reasonOf(error: unknown): UserError | null {
  if (error instanceof ApiProblem && (error.status < 500 || isSetUpWrongly(error))) return error.error;
  if (error instanceof ApiProblem) {
    return away(`the API answers ${error.status}: ${error.error.detail}`);
  }
  return error instanceof NoAnswer ? away(error.message) : null;
}

/** Whoever calls from a terminal may well be who runs the service. */
const away = (detail: string): UserError => userError('SERVICE_UNAVAILABLE', detail, { operator: true });
