import { describe, expect, test } from 'vitest';
import { readCookie } from '../../../src/api/access/auth.ts';
import { localPath } from '../../../src/api/access/local-path.ts';
import { loggedPath } from '../../../src/api/http/request-log.ts';
import { contentTypeOf, mediaKey } from '../../../src/api/media/media-key.ts';
import { boardRequest } from '../../../src/api/service/board-rules.ts';

describe('/media gives what players fetch, and nothing else', () => {
  test.each([
    'transcoded/vid_1/run_1/package-1/manifest.m3u8',
    'transcoded/vid_1/run_1/package-12/h264/720p/seg-1.m4s',
    'transcoded/vid_1/run_1/thumbnails-1/sprite-1.jpg',
  ])('%s', (key) => {
    expect(mediaKey(key)).toBe(key);
  });

  test.each([
    '',
    'transcoded',
    'transcoded/',
    'originals/vid_1/original.mp4',
    'segments/vid_1/run_1/encode/1/720p.m4s',
    'transcoded/../originals/vid_1/original.mp4',
    'transcoded/vid_1/./a.mp4',
    'transcoded//a.mp4',
    'transcoded/.hidden/a.mp4',
    'transcoded/vid_1\\..\\a.mp4',
    'transcoded/vid_1/a.mp4\u0000.jpg',
    '/transcoded/vid_1/a.mp4',
    'x/transcoded/vid_1/a.mp4',
    `transcoded/${'a'.repeat(1_100)}`,
  ])('%j is not there', (path) => {
    expect(mediaKey(path)).toBeNull();
  });

  test.each([
    ['a/manifest.m3u8', 'application/vnd.apple.mpegurl'],
    ['a/manifest.mpd', 'application/dash+xml'],
    ['a/seg-1.m4s', 'video/iso.segment'],
    ['a/init.mp4', 'video/mp4'],
    ['a/poster.jpg', 'image/jpeg'],
    ['a/thumbnails.vtt', 'text/vtt; charset=utf-8'],
    ['a/strange', 'application/octet-stream'],
  ])('%s is %s', (key, type) => {
    expect(contentTypeOf(key)).toBe(type);
  });
});

describe('a redirect stays on this server', () => {
  test.each([
    ['/admin/queues', '/admin/queues'],
    ['/watch/vid_1?engine=dash#t=1', '/watch/vid_1?engine=dash#t=1'],
    ['/a/../b', '/b'],
  ])('%s', (given, target) => {
    expect(localPath(given)).toBe(target);
  });

  test.each([
    '',
    'watch/vid_1',
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '/\t/evil.example/',
    '/.//evil.example/',
    '/a\r\nset-cookie: a=b',
    'javascript:alert(1)',
  ])('%j is refused', (given) => {
    expect(localPath(given)).toBeNull();
  });
});

describe('the board may look, retry one job and promote one job', () => {
  const job = 'vid_1.run_1.encode.h264.0001.preview';
  test.each([
    ['GET', '/api/queues', true],
    ['HEAD', '/', true],
    ['PUT', `/api/queues/encode-cpu/${job}/retry`, true],
    ['PUT', `/api/queues/control/vid_1.run_1.split/promote`, true],
    ['PUT', `/api/queues/encode-cpu/${job}/clean`, false],
    ['POST', `/api/queues/encode-cpu/${job}/retry`, false],
    ['PUT', `/api/queues/another/${job}/retry`, false],
    ['PUT', '/api/queues/encode-cpu/promote', false],
    ['PUT', '/api/queues/encode-cpu/retry/failed', false],
    // The router would read these as retry or clean of a whole state.
    ['PUT', '/api/queues/encode-cpu/retry/retry', false],
    ['PUT', '/api/queues/encode-cpu/clean/promote', false],
    ['PUT', '/api/queues/encode-cpu/%72etry/promote', false],
    ['PUT', `/api/queues/encode-cpu/${job}/retry/`, false],
    ['PUT', `/api/queues/a/b/../${job}/retry`, false],
    ['DELETE', '/', false],
    ['OPTIONS', '/', false],
  ])('%s %s: %s', (method, path, allowed) => {
    expect(boardRequest(method, path) !== null).toBe(allowed);
  });
});

test('an action names the job, and the state that it must be in', () => {
  const path = '/api/queues/control/vid_1.run_1.split';
  const asked = { act: true, queue: 'control', jobId: 'vid_1.run_1.split' };
  expect(boardRequest('PUT', `${path}/retry`)).toEqual({ ...asked, state: 'failed' });
  expect(boardRequest('PUT', `${path}/promote`)).toEqual({ ...asked, state: 'delayed' });
  expect(boardRequest('GET', `${path}/retry`)).toEqual({ act: false });
});

test('a log line has no query: it can hold a signature or a token', () => {
  expect(loggedPath('/login?token=secret&next=/')).toBe('/login');
  expect(loggedPath('/healthz')).toBe('/healthz');
});

test.each([
  ['/media/~1772361000.c2VjcmV0/transcoded/vid_1/a.m4s', '/media/~/transcoded/vid_1/a.m4s'],
  ['/media/%7E1772361000.c2VjcmV0/transcoded/vid_1/a.m4s', '/media/~/transcoded/vid_1/a.m4s'],
  ['/media//~1772361000.c2VjcmV0', '/media//~'],
  ['/media/x~1772361000.c2VjcmV0?a=b', '/media/x~'],
])('nor a token of playback: %s', (url, logged) => {
  expect(loggedPath(url)).toBe(logged);
});

test.each([
  [undefined, null],
  ['', null],
  ['a=1; session=xyz; b=2', 'xyz'],
  ['session=', null],
  ['notsession=1', null],
])('the cookie in %j is %j', (header, value) => {
  expect(readCookie(header, 'session')).toBe(value);
});
