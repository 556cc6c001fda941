import type { Request, Response } from 'express';
import { z } from 'zod';

const mostOnPage = 200;
const longestCursor = 1_000;

/** How many a page holds at most. Decimal digits alone: `Number` takes `0x10`, `1e1` and white space too. */
export const limitOf = (usual: number, description: string) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a number in decimal digits')
    .transform(Number)
    .pipe(z.int().min(1).max(mostOnPage))
    .default(usual)
    .meta({ ...{ type: 'integer', minimum: 1, maximum: mostOnPage, pattern: undefined }, description, example: usual });

/** The keys of a query that every list with pages takes. */
export const pageQuery = {
  limit: limitOf(50, 'Most items on the page.'),
  cursor: z
    .string()
    .max(longestCursor)
    .optional()
    .meta({ description: '`next_cursor` of the page before, with the same filters. Without it: the first page.' }),
};

/** What every answer with a page carries. */
export const pageAnswer = {
  next_cursor: z
    .string()
    .nullable()
    .meta({ description: 'Leads to the next page, as does the header `Link: <…>; rel="next"`; null on the last one.' }),
};

/** The first `limit` of the rows that were asked for with one more, and whether there is more. Pure. */
export function onePage<Row>(rows: readonly Row[], limit: number): { rows: Row[]; last: Row | null } {
  const page = rows.slice(0, limit);
  return { rows: page, last: rows.length > limit ? (page.at(-1) ?? null) : null };
}

/** Says where the next page is (RFC 8288); nothing on the last page. */
export function linkNext(request: Request, response: Response, publicUrl: string, cursor: string | null): void {
  if (cursor !== null) response.set('link', nextLink(request.originalUrl, publicUrl, cursor));
}

/** The value of the Link header: the URL of this request, as clients call it, with another cursor. Pure. */
export function nextLink(originalUrl: string, publicUrl: string, cursor: string): string {
  const { pathname, searchParams } = new URL(originalUrl, 'http://here.invalid');
  searchParams.set('cursor', cursor);
  return `<${publicUrl}${pathname}?${searchParams}>; rel="next"`;
}
