import { describe, expect, test } from 'vitest';
import { type CommitRequest, initPlace, judgeCommits } from '../../../src/database/judge-commits.ts';
import { CatalogueError } from '../../../src/errors/catalogue-error.ts';

const request = (id: string, fence: number, init?: string, kind: 'segment' | 'init' = 'segment'): CommitRequest => ({
  task: { id, fence, name: id, videoId: 'vid_1', runId: 'run_1', committed: false },
  artefacts: init
    ? [
        {
          kind,
          rendition: 'h264/720p',
          segmentIndex: 0,
          key: `segments/${id}`,
          size: 1,
          sha256: kind === 'init' ? init : 'media',
          facts: kind === 'init' ? {} : { initSha256: init },
        },
      ]
    : [],
});
const rows = new Map([
  ['a', { fence: 3, committed: false }],
  ['b', { fence: 1, committed: false }],
  ['done', { fence: 2, committed: true }],
]);
const judge = (requests: CommitRequest[], inits = new Map<string, string>()) =>
  judgeCommits(requests, rows, inits).map((verdict) => (verdict instanceof CatalogueError ? verdict.code : verdict));

describe('a commit', () => {
  test.each([
    ['with the latest fence is written', request('a', 3), 'write'],
    ['with an older fence is refused', request('a', 2), 'FENCE_LOST'],
    ['of a task that is gone is refused', request('gone', 1), 'FENCE_LOST'],
    ['that this fence has made before is done', request('done', 2), 'done'],
    ['of a task that another fence committed is refused', request('done', 1), 'FENCE_LOST'],
  ] as const)('%s', (_name, given, verdict) => {
    expect(judge([given])).toEqual([verdict]);
  });

  test('twice in one transaction is written once', () => {
    expect(judge([request('a', 3), request('a', 3)])).toEqual(['write', 'done']);
  });
});

describe('the init of a rendition', () => {
  test('is that of its committed segments', () => {
    const inits = new Map([[initPlace('run_1', 'h264/720p'), 'i1']]);
    expect(judge([request('a', 3, 'i1'), request('b', 1, 'i2')], inits)).toEqual(['write', 'ENCODE_INIT_MISMATCH']);
    expect(judge([request('a', 3, 'i2', 'init')], inits)).toEqual(['ENCODE_INIT_MISMATCH']);
  });

  test('is set by the first of a transaction, if that one is written', () => {
    expect(judge([request('a', 3, 'i1'), request('b', 1, 'i2')])).toEqual(['write', 'ENCODE_INIT_MISMATCH']);
    expect(judge([request('a', 2, 'i1'), request('b', 1, 'i2')])).toEqual(['FENCE_LOST', 'write']);
    expect(judge([request('a', 3, 'i1', 'init'), request('b', 1, 'i1')])).toEqual(['write', 'write']);
  });
});
