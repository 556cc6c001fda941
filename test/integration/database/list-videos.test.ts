import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VideoFilter } from '../../../src/database/library.ts';
import { listSql } from '../../../src/database/library-videos.ts';
import { videoStatuses } from '../../../src/database/video-state.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';

const all: VideoFilter = { creatorId: null, states: null, from: null, before: null };
const many = 50_000;

/** Rows as a busy year leaves them: 200 creators, nearly all ready, one in 500 failed, one in 5,000 still at work, one in 50 removed. */
const seed = `
  INSERT INTO videos (id, creator_id, title, filename, content_type, original_key, part_size, file_size, status, created_at)
  SELECT 'vid_' || lpad(n::text, 8, '0'), 'creator-' || n % 200, 'A film', 'film.mp4', 'video/mp4', 'originals/' || n, 1, 1,
         (CASE WHEN n % 5000 = 0 THEN 'transcoding' WHEN n % 500 = 0 THEN 'failed' WHEN n % 50 = 0 THEN 'removed' ELSE 'ready' END)::"VideoStatus",
         timestamptz '2026-01-01' + n / 2 * interval '10 minutes'
    FROM generate_series(1, ${many}) AS n`;

let place: OpenTestDatabase;
beforeAll(async () => {
  place = await openTestDatabase();
  // The trigger that writes events is not what is looked at here.
  await place.query('ALTER TABLE videos DISABLE TRIGGER note_video_event');
  await place.query(seed);
  await place.query('ANALYZE videos');
});
afterAll(() => place?.close());

/** Every id of a list, in pages. */
async function walk(filter: VideoFilter, most: number): Promise<string[]> {
  const ids: string[] = [];
  for (let behind: { createdAt: Date; id: string } | null = null; ; ) {
    const page = await place.database.videos.list(filter, { behind, most });
    ids.push(...page.map(({ id }) => id));
    behind = page.at(-1) ?? null;
    if (page.length < most || behind === null) return ids;
  }
}

const newestFirst = `SELECT id FROM videos WHERE %s ORDER BY created_at DESC, id DESC`;
const idsWhere = async (condition: string) =>
  (await place.query(newestFirst.replace('%s', condition))).map(({ id }) => String(id));

describe('a list of videos', () => {
  test.each<[string, Partial<VideoFilter>, string, number]>([
    ['of one creator', { creatorId: 'creator-7' }, `creator_id = 'creator-7' AND status <> 'removed'`, 70],
    ['of rare states', { states: ['transcoding', 'failed'] }, `status IN ('transcoding', 'failed')`, 13],
    [
      'of removed ones of a creator',
      { creatorId: 'creator-50', states: ['removed'] },
      `creator_id = 'creator-50' AND status = 'removed'`,
      200,
    ],
    [
      'of a time',
      { from: new Date('2026-03-01T00:00:00Z'), before: new Date('2026-03-02T00:00:00Z') },
      `created_at >= '2026-03-01Z' AND created_at < '2026-03-02Z' AND status <> 'removed'`,
      50,
    ],
  ])('%s has each of them once, newest first, in pages', async (_, filter, condition, most) => {
    const expected = await idsWhere(condition);
    expect(expected.length).toBeGreaterThan(20);
    expect(await walk({ ...all, ...filter }, most)).toEqual(expected);
  });

  test('that is walked through while videos are added has all that were there', async () => {
    const filter = { ...all, creatorId: 'creator-7' };
    const expected = await idsWhere(`creator_id = 'creator-7' AND status <> 'removed'`);
    const [first, ...others] = await place.database.videos.list(filter, { behind: null, most: 10 });
    await place.query(
      `INSERT INTO videos (id, creator_id, title, filename, content_type, original_key, part_size, file_size)
       VALUES ('vid_new', 'creator-7', 'New', 'f', 'video/mp4', 'k', 1, 1)`,
    );
    const behind = others.at(-1);
    expect(first && behind).toBeTruthy();
    const rest = await place.database.videos.list(filter, { behind: behind ?? null, most: 1_000 });
    expect([first, ...others, ...rest].map((row) => row?.id)).toEqual(expected);
  });
});

interface PlanNode {
  'Node Type': string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];
const rowsRead = (node: PlanNode) =>
  /Scan/.test(node['Node Type']) && !/Function/.test(node['Node Type'])
    ? (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops']
    : 0;

describe(`a page out of ${many} videos reads an index, and not much more than itself`, () => {
  const middle = [new Date('2026-06-01T00:00:00Z'), 'vid_00020000'] as const;
  test.each<[string, Pick<VideoFilter, 'states' | 'creatorId'>, string, number]>([
    ['of all', { creatorId: null, states: null }, 'videos_created_at_id_idx', 60],
    ['of one creator', { creatorId: 'creator-7', states: null }, 'videos_creator_id_created_at_id_idx', 110],
    ['of a rare state', { creatorId: null, states: ['failed'] }, 'videos_status_created_at_idx', 100],
    ['of every state', { creatorId: null, states: videoStatuses }, 'videos_status_created_at_idx', 600],
  ])('%s', async (_, filter, index, most) => {
    const values = [
      ...middle,
      '-infinity',
      'infinity',
      50,
      ...(filter.states ? [filter.states] : []),
      ...(filter.creatorId ? [filter.creatorId] : []),
    ];
    const [row] = await place.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${listSql(filter)}`, values);
    const plans = row?.['QUERY PLAN'] as { Plan: PlanNode }[];
    const nodes = plans.flatMap(({ Plan }) => nodesOf(Plan));
    expect(nodes.length).toBeGreaterThan(1);
    expect(nodes.map((node) => node['Node Type'])).not.toContain('Seq Scan');
    expect(nodes.map((node) => node['Index Name'])).toContain(index);
    expect(nodes.reduce((sum, node) => sum + rowsRead(node), 0)).toBeLessThan(most);
  });
});
