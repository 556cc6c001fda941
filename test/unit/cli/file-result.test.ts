import { expect, test } from 'vitest';
import {
  exitCodeOf,
  type FileResult,
  fileResult,
  nextStep,
  resultWords,
  unfinishedFile,
} from '../../../src/cli/file-result.ts';
import { contentTypeOf, partSpans } from '../../../src/cli/upload-file.ts';

const ready = {
  video_id: 'vid_1',
  filename: 'a.mp4',
  status: 'ready',
  duration_seconds: 20,
  hls_url: 'http://127.0.0.1:8080/media/transcoded/vid_1/run_1/package-1/manifest.m3u8',
  dash_url: 'http://127.0.0.1:8080/media/transcoded/vid_1/run_1/package-1/manifest.mpd',
  poster_url: 'http://127.0.0.1:8080/media/transcoded/vid_1/run_1/thumbnails-1/poster.jpg',
  warnings: [],
  error: null,
};

test('a ready video is named by its URLs and the folder of its manifests', () => {
  const result = fileResult('/films/a.mp4', ready, '/home/storage');
  expect(result).toEqual({
    file: '/films/a.mp4',
    video_id: 'vid_1',
    status: 'ready',
    error: null,
    warnings: [],
    duration: 20,
    hls: ready.hls_url,
    dash: ready.dash_url,
    poster: ready.poster_url,
    folder: '/home/storage/transcoded/vid_1/run_1/package-1',
  } satisfies FileResult);
  const signed = { ...ready, hls_url: ready.hls_url.replace('/media/', '/media/~1795316400.iJkv-x_/') };
  expect(fileResult('/films/a.mp4', signed, '/home/storage').folder).toBe(result.folder);
  expect(fileResult('a.mp4', ready, null).folder).toBeNull();
  expect(resultWords(result)).toContain('a.mp4: ready (20.0 s)');
});

test('the words say where it lies and what was done with it, and nothing of what there is not', () => {
  const warnings = [
    { code: 'audio_only', detail: 'The file holds no moving picture.' },
    { code: 'downmixed', detail: 'Mixed down to stereo: sound track 1 (6 channels).' },
  ];
  const alone = fileResult('a.mp3', { ...ready, poster_url: null, warnings }, null);
  expect(resultWords(alone).split('\n')).toEqual([
    'a.mp3: ready (20.0 s)',
    `  HLS     ${ready.hls_url}`,
    `  DASH    ${ready.dash_url}`,
    '  Warning audio_only: The file holds no moving picture.',
    '  Warning downmixed: Mixed down to stereo: sound track 1 (6 channels).',
  ]);
});

test.each([
  ['clip.MP4', 'video/mp4'],
  ['/a/song.mp3', 'audio/mpeg'],
  ['a.flac', 'audio/flac'],
  ['a.tar.gz', 'application/octet-stream'],
  ['mp4', 'application/octet-stream'],
])('%s is declared as %s', (file, type) => {
  expect(contentTypeOf(file)).toBe(type);
});

test('a refused file has its reason', () => {
  const error = { code: 'INPUT_EMPTY', detail: 'It has no bytes.', hint: 'Upload it again.', retryable: false };
  const result = unfinishedFile('a.mp4', null, 'failed', error);
  expect(result).toMatchObject({ video_id: null, status: 'failed', error, hls: null, folder: null });
  expect(resultWords(result).split('\n')).toEqual([
    'a.mp4: failed',
    '  Code    INPUT_EMPTY',
    '  Detail  It has no bytes.',
    '  Fix     Upload it again.',
  ]);
  const forOperators = unfinishedFile('a.mp4', null, 'failed', { ...error, operator_hint: 'Raise the limit.' });
  expect(resultWords(forOperators).split('\n').slice(-2)).toEqual([
    '  Fix     Upload it again.',
    '  Server  Raise the limit.',
  ]);
});

test('a video that had failed and was removed is told without advice', () => {
  const error = { code: 'INPUT_TRUNCATED', detail: 'It ends.', hint: 'Upload it again.', operator_hint: 'Set it.' };
  const removed = unfinishedFile('a.mp4', 'vid_1', 'removed', { ...error, retryable: false });
  expect(resultWords(removed)).toBe('a.mp4: removed\n  Before  it had failed, INPUT_TRUNCATED: It ends.');
});

test('a video that nobody waits for has a next step, until it is final', () => {
  const underWay = fileResult('a.mp4', { ...ready, status: 'uploaded' }, null);
  expect(nextStep(underWay)).toBe('\n  See: reelmill status vid_1 --watch');
  expect([nextStep(good), nextStep({ ...underWay, video_id: null })]).toEqual(['', '']);
});

const good = fileResult('a.mp4', ready, null);
const because = (status: string, code: string) =>
  unfinishedFile('b.mp4', 'vid_2', status, { code, detail: '', hint: '', retryable: false });

test.each([
  ['all are ready', [good, good], 0],
  ['all are on their way, nobody waits', [{ ...good, status: 'transcoding' }], 0],
  ['one has failed', [good, because('failed', 'INPUT_EMPTY')], 1],
  ['one was cancelled', [{ ...good, status: 'cancelled' }], 1],
  ['one has failed on a service that was away: that is final', [because('failed', 'SERVICE_UNAVAILABLE')], 1],
  ['nobody could be asked any more', [good, because('transcoding', 'SERVICE_UNAVAILABLE')], 4],
  ['the server is set up wrongly', [good, because('awaiting_upload', 'CONFIG_INVALID')], 4],
  ['it is ready, but where it lies could not be asked', [because('ready', 'SERVICE_UNAVAILABLE')], 4],
  ['one has failed, and one is lost', [because('failed', 'X'), because('split', 'SERVICE_UNAVAILABLE')], 4],
  ['the API knows a video no more', [because('transcoding', 'NOT_FOUND')], 1],
])('exit code where %s', (_, results, code) => {
  expect(exitCodeOf(results)).toBe(code);
});

test.each([
  [0, 10, [[1, 0, 0]]],
  [10, 10, [[1, 0, 10]]],
  [
    25,
    10,
    [
      [1, 0, 10],
      [2, 10, 10],
      [3, 20, 5],
    ],
  ],
])('a file of %i bytes in parts of %i', (size, chunk, spans) => {
  expect(partSpans(size, chunk).map(({ number, start, length }) => [number, start, length])).toEqual(spans);
});
