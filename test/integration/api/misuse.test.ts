import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApi, type TestApi } from '../../support/api.ts';

let api: TestApi;
let key: string;
beforeAll(async () => {
  api = await startApi({}, { queueOn: 'postgres' });
  key = await api.key();
});
afterAll(() => api.stop());

const path = '/api/v1/videos/upload';
const good = { filename: 'clip.mp4', file_size_bytes: 1_000 };
const json = JSON.stringify(good);

/** A body as it is, with what is said of it. */
async function post(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
  const response = await fetch(`${api.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: response.status, ...((await response.json()) as object) };
}

const nested = (levels: number) => `{"filename":${'['.repeat(levels)}${']'.repeat(levels)}}`;
const latin1 = new Uint8Array(Buffer.from('{"filename":"Ä.mp4","file_size_bytes":1}', 'latin1'));

describe('REQUEST_MALFORMED: a request that', () => {
  test.each<[string, string | Uint8Array<ArrayBuffer>, RegExp, Record<string, string>?]>([
    [
      'is a form',
      'filename=clip.mp4',
      /^Content-Type: must be application\/json, not application\/x-www-form/,
      { 'content-type': 'application/x-www-form-urlencoded' },
    ],
    [
      'is called text',
      json,
      /^Content-Type: must be application\/json, not text\/plain/,
      { 'content-type': 'text/plain' },
    ],
    [
      'is called nothing',
      new Uint8Array(Buffer.from(json)),
      /^Content-Type: must be application\/json, not nothing/,
      { 'content-type': '' },
    ],
    ['is packed', json, /^Content-Encoding: must be left out/, { 'content-encoding': 'gzip' }],
    ['is no JSON', '{"filename":', /^body: is no JSON: /],
    ['is not UTF-8', latin1, /^body: is no JSON: it must be UTF-8/],
    ['is an array', `[${json}]`, /^body: must be a JSON object, not an array/],
    ['lacks a field', '{"filename":"a.mp4"}', /^file_size_bytes: is missing$/],
    ['is null', 'null', /^body: must be a JSON object, not null/],
    ['is a string', '"clip.mp4"', /^body: must be a JSON object, not a string/],
    ['is nested without end', nested(20_000), /^body: is nested deeper than 32 levels/],
    ['has an array for a name', '{"filename":["a"],"file_size_bytes":1}', /^filename: must be a string, not a list/],
    ['has a number beyond all', '{"filename":"a","file_size_bytes":1e999}', /^file_size_bytes: /],
    ['has a number beyond what is exact', '{"filename":"a","file_size_bytes":9007199254740993}', /^file_size_bytes: /],
    ['has a fraction of a byte', '{"filename":"a","file_size_bytes":1.5}', /^file_size_bytes: /],
    ['has a number in words', '{"filename":"a","file_size_bytes":"1000"}', /^file_size_bytes: /],
    ['has less than nothing', '{"filename":"a","file_size_bytes":-1}', /^file_size_bytes: /],
    ['has two Idempotency-Keys', json, /^Idempotency-Key: /, { 'idempotency-key': 'a, b' }],
  ])('%s', async (_what, body, detail, headers) => {
    expect(await post(body, headers)).toMatchObject({
      status: 400,
      code: 'REQUEST_MALFORMED',
      detail: expect.stringMatching(detail),
    });
  });

  test.each([
    ['has a key twice', '?limit=1&limit=2', /^limit: /],
    ['has a key that is not known', '?colour=red', /^colour: not known/],
    ['has a number in words', '?limit=many', /^limit: /],
    ['has a number beyond all', '?limit=1e999', /^limit: /],
    ['has a prototype for a key', '?__proto__=1&constructor=2', /constructor/],
  ])('%s in its query', async (_what, query, detail) => {
    const answer = await api.call('GET', `/api/v1/videos${query}`, { key });
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_MALFORMED', detail: expect.stringMatching(detail) },
    });
  });
});

test('what stands in a body twice counts once, and a prototype is no field', async () => {
  const twice = '"filename":"a.mp4","filename":"b.mp4","file_size_bytes":1}';
  expect(await post(`{"__proto__":{"title":"x"},${twice}`)).toMatchObject({ status: 400, code: 'REQUEST_MALFORMED' });
  const { video_id } = (await post(`{${twice}`)) as unknown as { video_id: string };
  expect(await api.database.videos.find(video_id)).toMatchObject({ filename: 'b.mp4', title: 'b.mp4' });
});
