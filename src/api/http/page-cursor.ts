import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { CatalogueError } from '../../errors/catalogue-error.ts';

/** Bytes of the HMAC that are kept: more than anybody guesses. */
const macBytes = 16;
const placeSchema = z.array(z.string());

/**
 * Where the next page of a list begins, as text that tells nobody anything: behind the item with these values in the list's order. It counts
 * for this `list` alone: the name of the list, and whatever decides what is in it. Pure.
 */
export function pageCursor(place: readonly string[], list: readonly unknown[], key: Buffer): string {
  const text = Buffer.from(JSON.stringify(place));
  return Buffer.concat([macOf(text, list, key), text]).toString('base64url');
}

/** What `pageCursor` was given. Throws REQUEST_MALFORMED where it was not made for this list with this key. Pure. */
export function readCursor(cursor: string, list: readonly unknown[], key: Buffer): string[] {
  const bytes = Buffer.from(cursor, 'base64url');
  const text = bytes.subarray(macBytes);
  const mac = bytes.subarray(0, macBytes);
  // Node skips what is no base64url: only the very text that was handed out counts.
  const whole = bytes.toString('base64url') === cursor && mac.length === macBytes;
  if (!whole || !timingSafeEqual(mac, macOf(text, list, key))) {
    const detail =
      'cursor: it was not made for this list. Send next_cursor as it came, with the same filters and key, or begin again without it.';
    throw new CatalogueError('REQUEST_MALFORMED', detail);
  }
  return placeSchema.parse(JSON.parse(text.toString()));
}

const macOf = (text: Buffer, list: readonly unknown[], key: Buffer): Buffer =>
  createHmac('sha256', key)
    .update(`${JSON.stringify(list)}\n`)
    .update(text)
    .digest()
    .subarray(0, macBytes);
