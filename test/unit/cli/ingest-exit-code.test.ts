import { expect, test } from 'vitest';
import { unfinishedFile } from '../../../src/cli/file-result.ts';
import { ingestExitCode } from '../../../src/cli/ingest-exit-code.ts';

const error = (code: string) => ({ code, detail: '', hint: '', retryable: false });
const refused = unfinishedFile('a.mp4', null, 'failed', error('PRESET_UNKNOWN'));
const failed = unfinishedFile('b.mp4', 'vid_1', 'failed', error('INPUT_TRUNCATED'));
const lost = unfinishedFile('c.mp4', null, 'awaiting_upload', error('SERVICE_UNAVAILABLE'));
const taken = { ...failed, status: 'uploaded', error: null };

test.each([
  ['none', [taken], 0],
  ['one, of which nothing was taken', [taken, refused], 2],
  ['a video', [failed], 1],
  ['one of each', [refused, failed], 1],
  ['a service', [refused, lost], 4],
])('where %s has failed', (_, results, code) => {
  expect(ingestExitCode(results)).toBe(code);
});
