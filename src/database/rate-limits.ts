import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Client } from './client.ts';

/** What is left of a limit after one request was counted. */
export interface Quota {
  allowed: boolean;
  remaining: number;
  /** Until all of it is there again, ms. */
  resetMs: number;
}

/** Counts requests by who sends them, up to so many a minute. */
export interface Counter {
  name: string;
  mostAMinute: number;
  take(key: string): Promise<Quota>;
}

export interface RateLimits {
  /**
   * A counter that all processes share. What it has refused once it refuses from memory until the minute is over, so that a flood costs no
   * statement; where Postgres does not answer, each process counts alone. `mostAMinute` is at least 1.
   */
  counter(name: string, mostAMinute: number): Counter;
  /** Removes counters whose minute is over. Gives how many. */
  sweep(now: Date): Promise<number>;
}

const windowSeconds = 60;

export function openRateLimits({ pool, sql }: Client): RateLimits {
  return {
    counter(name, mostAMinute) {
      const limit = { keyPrefix: name, points: mostAMinute, duration: windowSeconds };
      return countBy(
        name,
        mostAMinute,
        new RateLimiterPostgres({
          ...limit,
          storeClient: pool,
          storeType: 'pool',
          tableName: 'rate_limits',
          // Migrations make the table, and the relay sweeps it.
          tableCreated: true,
          clearExpiredByTimeout: false,
          inMemoryBlockOnConsumed: mostAMinute,
          insuranceLimiter: new RateLimiterMemory(limit),
        }),
      );
    },

    async sweep(now) {
      const swept = await sql('DELETE FROM rate_limits WHERE expire < $1 RETURNING key', [now.getTime()]);
      return swept.length;
    },
  };
}

/** A counter of this process alone: costs microseconds, and several processes allow as many times as much. */
export function memoryCounter(name: string, mostAMinute: number): Counter {
  return countBy(
    name,
    mostAMinute,
    new RateLimiterMemory({ keyPrefix: name, points: mostAMinute, duration: windowSeconds }),
  );
}

function countBy(name: string, mostAMinute: number, limiter: RateLimiterMemory | RateLimiterPostgres): Counter {
  return {
    name,
    mostAMinute,
    async take(key) {
      try {
        return quotaOf(await limiter.consume(key), true);
      } catch (refused) {
        if (refused instanceof RateLimiterRes) return quotaOf(refused, false);
        throw refused;
      }
    },
  };
}

const quotaOf = ({ remainingPoints, msBeforeNext }: RateLimiterRes, allowed: boolean): Quota => ({
  allowed,
  remaining: allowed ? remainingPoints : 0,
  resetMs: Math.max(0, msBeforeNext),
});
