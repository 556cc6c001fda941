import { expect, test } from 'vitest';
import { priorityOf } from '../../../../src/api/uploads/priority.ts';
import { completeBody, createBody } from '../../../../src/api/uploads/upload-bodies.ts';
import { partBytes, partCount, partSizeFor } from '../../../../src/api/uploads/upload-rules.ts';

const MiB = 2 ** 20;

test.each([
  ['nothing', 0, 16 * MiB, 1],
  ['one byte', 1, 16 * MiB, 1],
  ['a whole part', 16 * MiB, 16 * MiB, 1],
  ['one byte more', 16 * MiB + 1, 16 * MiB, 2],
  ['the last size of 16 MiB parts', 9_500 * 16 * MiB, 16 * MiB, 9_500],
  ['just above', 9_500 * 16 * MiB + 1, 17 * MiB, 8_942],
  ['200 GiB', 200 * 1_024 * MiB, 22 * MiB, 9_310],
  ['the last size of 100 MiB parts', 10_000 * 100 * MiB, 100 * MiB, 10_000],
  ['a size that 100 MiB parts cannot hold', 10_000 * 100 * MiB + 1, 101 * MiB, 9_901],
])('parts of %s', (_name, bytes, size, count) => {
  expect(partSizeFor(bytes)).toBe(size);
  expect(partCount(bytes, size)).toBe(count);
});

test('parts have the whole size, and the last what is left', () => {
  const sizes = (fileSize: number, ...numbers: number[]) =>
    numbers.map((number) => partBytes(number, { fileSize, partSize: 16 * MiB }));
  expect(sizes(33 * MiB, 1, 2, 3)).toEqual([16 * MiB, 16 * MiB, MiB]);
  expect([sizes(16 * MiB, 1), sizes(5, 1), sizes(0, 1)].flat()).toEqual([16 * MiB, 5, 0]);
});

test('priority comes from the plan of the creator', () => {
  expect([priorityOf('free'), priorityOf('standard'), priorityOf('premium')]).toEqual(['low', 'normal', 'high']);
});

test.each([
  [{ filename: '', file_size_bytes: 1 }, 'filename'],
  [{ filename: 'a'.repeat(256), file_size_bytes: 1 }, 'filename'],
  [{ filename: 'a', file_size_bytes: -1 }, 'file_size_bytes'],
  [{ filename: 'a', file_size_bytes: 1.5 }, 'file_size_bytes'],
  [{ filename: 'a', file_size_bytes: '12' }, 'file_size_bytes'],
  [{ filename: 'a', file_size_bytes: 1, content_type: 'video' }, 'content_type'],
  [{ filename: 'a', file_size_bytes: 1, content_type: 'video/mp4\r\nx: y' }, 'content_type'],
  [{ filename: 'a', file_size_bytes: 1, title: 'a'.repeat(256) }, 'title'],
])('%j is refused for its %s', (body, field) => {
  const parsed = createBody.safeParse(body);
  expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toEqual([field]);
});

test.each([
  ['audio/mpeg', 'audio/mpeg'],
  ['audio/x-m4a; codecs="mp4a.40.2"', 'audio/x-m4a'],
  ['Video/MP4', 'video/mp4'],
  ['video/mp4; name="\u202e音声"', 'video/mp4'], // no header can hold that
])('%s may be declared, and is kept as %s', (type, kept) => {
  expect(createBody.parse({ filename: 'a', file_size_bytes: 1, content_type: type }).content_type).toBe(kept);
});

test('names are shown as one line of text', () => {
  const body = createBody.parse({ filename: 'a\u0000b\u001b[31m\nc.mp4', title: '\u202e<b>x', file_size_bytes: 0 });
  expect(body).toMatchObject({ filename: 'a b [31m c.mp4', title: '<b>x' });
});

test('a name of nothing that can be shown still has a name', () => {
  expect(createBody.parse({ filename: '\u0000\u0001', file_size_bytes: 0 }).filename).toBe('unnamed');
});

test('an ETag counts with its quotes and without, a checksum with its prefix and without', () => {
  const checksum = 'A'.repeat(64);
  const body = { parts: [{ part_number: 1, etag: '"abc"' }], checksum: `sha256:${checksum}` };
  expect(completeBody.parse(body)).toEqual({
    parts: [{ part_number: 1, etag: 'abc' }],
    checksum: checksum.toLowerCase(),
  });
});
