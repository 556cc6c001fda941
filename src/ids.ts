import { createHash } from 'node:crypto';
import { decodeTime, monotonicFactory } from 'ulid';

const ulid = monotonicFactory();

type IdPrefix = 'vid' | 'run' | 'task' | 'key' | 'wrk' | 'upl' | 'login' | 'idem';
/** Crockford's base 32, as ulid has it. */
const digits = '0123456789abcdefghjkmnpqrstvwxyz';
const timeDigits = 10;
const randomDigits = 16;

/** A new id, sortable by time, with a prefix that says what it names: `vid_01J…`. */
export const newId = (prefix: IdPrefix): string => `${prefix}_${ulid().toLowerCase()}`;

/** What a request names after: the ids of all that it makes come from it (`newIdFrom`). */
export const newSeed = (): string => ulid().toLowerCase();

/**
 * An id of the form of `newId`'s that the same seed always gives, so that a request which is executed a second time makes the same thing
 * again. `part` tells several of one kind apart. Its time is the seed's. Pure.
 */
export function newIdFrom(seed: string, prefix: IdPrefix, part = ''): string {
  const hash = createHash('sha256').update(`${prefix} ${part} ${seed}`).digest().subarray(0, randomDigits);
  return `${prefix}_${seed.slice(0, timeDigits)}${Array.from(hash, (byte) => digits[byte % digits.length]).join('')}`;
}

/** When an id of ours was made. Pure. */
export const timeOf = (id: string): Date => new Date(decodeTime(id.slice(id.indexOf('_') + 1).toUpperCase()));
