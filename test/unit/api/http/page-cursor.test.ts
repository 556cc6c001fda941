import { describe, expect, test } from 'vitest';
import { signingKey } from '../../../../src/api/access/signing-key.ts';
import { pageCursor, readCursor } from '../../../../src/api/http/page-cursor.ts';
import { nextLink, onePage } from '../../../../src/api/http/paging.ts';

const key = signingKey('a secret of thirty-two characters!', 'cursor');
const place = ['2026-01-31T12:00:00.123Z', 'vid_01jd2m6w5k8x9y0z1a2b3c4d5e'];
const list = ['videos', { creatorId: 'anna', states: null, from: new Date(0), before: null }];
const cursor = pageCursor(place, list, key);

describe('a cursor', () => {
  test('gives back the place that it was made for, and can stand in a URL as it is', () => {
    expect(readCursor(cursor, list, key)).toEqual(place);
    expect(cursor).toMatch(/^[\w-]+$/);
  });

  const changed = (at: number) => `${cursor.slice(0, at)}${cursor[at] === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`;
  test.each([
    ['with its proof changed', changed(3), list, key],
    ['with its place changed', changed(40), list, key],
    ['that is cut off', cursor.slice(0, -4), list, key],
    ['with more behind it', `${cursor}AAAA`, list, key],
    ['with padding', `${cursor}=`, list, key],
    ['with what no base64url has', `${cursor}!`, list, key],
    ['that is empty', '', list, key],
    ['that is a proof of nothing', Buffer.alloc(16).toString('base64url'), list, key],
    ['of another list', cursor, ['tasks', list[1]], key],
    [
      'of another creator',
      cursor,
      ['videos', { creatorId: 'ben', states: null, from: new Date(0), before: null }],
      key,
    ],
    [
      'of other filters',
      cursor,
      ['videos', { creatorId: 'anna', states: ['ready'], from: new Date(0), before: null }],
      key,
    ],
    ['of another secret', cursor, list, signingKey('another secret of 32 characters!!', 'cursor')],
  ])('%s is REQUEST_MALFORMED', (_, given, ofList, ofKey) => {
    expect(() => readCursor(given, ofList, ofKey)).toThrow(expect.objectContaining({ code: 'REQUEST_MALFORMED' }));
  });
});

test.each([
  [[], [], null],
  [[1, 2], [1, 2], null],
  [[1, 2, 3], [1, 2], 2],
])('of %j a page of two is %j, and the next one begins behind %j', (rows, page, last) => {
  expect(onePage(rows, 2)).toEqual({ rows: page, last });
});

test.each([
  ['/api/v1/videos', 'https://v.example', '<https://v.example/api/v1/videos?cursor=abc>; rel="next"'],
  [
    '/api/v1/videos?limit=2&cursor=old',
    'https://v.example',
    '<https://v.example/api/v1/videos?limit=2&cursor=abc>; rel="next"',
  ],
  // What could end the URL or the header is written as RFC 3986 has it.
  [
    '/api/v1/videos?creator=a%3E%0Ab',
    'https://v.example/r',
    '<https://v.example/r/api/v1/videos?creator=a%3E%0Ab&cursor=abc>; rel="next"',
  ],
])('the page after %s is at %s', (asked, publicUrl, link) => {
  expect(nextLink(asked, publicUrl, 'abc')).toBe(link);
});
