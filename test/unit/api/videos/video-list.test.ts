import { parse } from 'node:querystring';
import { describe, expect, test } from 'vitest';
import { readQuery } from '../../../../src/api/http/read-query.ts';
import { videoFilter, videoListQuery } from '../../../../src/api/videos/video-list.ts';
import { creatorScopes, scopes } from '../../../../src/database/scopes.ts';

const anna = { creatorId: 'anna', scopes: creatorScopes };
const operator = { creatorId: 'anna', scopes };
const read = (query: string) => readQuery(videoListQuery, parse(query));
const none = { states: null, from: null, before: null };

describe('the filter of a list of videos', () => {
  test.each([
    ['', anna, { ...none, creatorId: 'anna' }],
    ['', operator, { ...none, creatorId: null }],
    ['creator=anna', anna, { ...none, creatorId: 'anna' }],
    ['creator=ben', operator, { ...none, creatorId: 'ben' }],
    ['state=removed', anna, { ...none, creatorId: 'anna', states: ['removed'] }],
    // Each once and in one order, however they come: a cursor of one counts for the other.
    ['state=ready,failed', anna, { ...none, creatorId: 'anna', states: ['ready', 'failed'] }],
    ['state=failed&state=ready,failed', anna, { ...none, creatorId: 'anna', states: ['ready', 'failed'] }],
    [
      'created_after=2026-01-01T00:00:00%2B02:00&created_before=2026-01-02T00:00:00.5Z',
      anna,
      {
        ...{ creatorId: 'anna', states: null },
        ...{ from: new Date('2025-12-31T22:00:00Z'), before: new Date('2026-01-02T00:00:00.500Z') },
      },
    ],
  ])('of "%s"', (query, caller, filter) => {
    expect(videoFilter(read(query), caller)).toEqual(filter);
  });

  test('FORBIDDEN: another creator’s', () => {
    expect(() => videoFilter(read('creator=ben'), anna)).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
  });
});

describe('a query that cannot be read names what is wrong', () => {
  test.each([
    [
      'sort=title',
      'sort: not known in this query, which takes limit, cursor, state, creator, created_after, created_before',
    ],
    ['state=', 'state.0: '],
    ['limit=0', 'limit: '],
    ['limit=1.5', 'limit: '],
    ['limit=', 'limit: '],
    ['creator=', 'creator: '],
    ['created_before=yesterday', 'created_before: must be a time of RFC 3339'],
    ['created_before=2026-01-01T00:00:00+02:00', 'write + as %2B'],
    ['limit=x&state=x', 'limit: '],
    ['limit=x&state=x', '; state.0: '],
  ])('%s', (query, words) => {
    expect(() => read(query)).toThrow(
      expect.objectContaining({ code: 'REQUEST_MALFORMED', detail: expect.stringContaining(words) }),
    );
  });

  test('and the rest has its defaults', () => {
    expect(read('')).toEqual({ limit: 50 });
    expect(read('limit=200')).toEqual({ limit: 200 });
  });
});
