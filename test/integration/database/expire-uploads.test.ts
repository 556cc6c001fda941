import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';
import { seedVideo } from '../../support/seed-video.ts';

let open: OpenTestDatabase;
beforeAll(async () => {
  open = await openTestDatabase();
});
afterAll(() => open.close());

const videoOf = async (videoId: string) => (await open.query('SELECT * FROM videos WHERE id = $1', [videoId]))[0];
const outboxOf = async (videoId: string) =>
  (await open.query('SELECT topic FROM outbox WHERE video_id = $1 ORDER BY id', [videoId])).map(({ topic }) => topic);

test('uploads that nobody completes expire, the oldest first, in batches', async () => {
  const ids: string[] = [];
  for (let age = 5; age > 0; age -= 1) {
    const { videoId } = await seedVideo(open.database, 'awaiting_upload');
    await open.query(`UPDATE videos SET created_at = now() - $2 * interval '1 hour' WHERE id = $1`, [
      videoId,
      age + 100,
    ]);
    ids.push(videoId);
  }
  const fresh = await seedVideo(open.database, 'awaiting_upload');
  const accepted = await seedVideo(open.database, 'uploaded');
  await open.query(`UPDATE videos SET created_at = now() - interval '200 hours' WHERE id = $1`, [accepted.videoId]);

  const before = new Date(Date.now() - 100 * 3_600_000);
  const { control } = open.database;
  expect((await control.expireUploads(before, 3)).sort()).toEqual(ids.slice(0, 3).sort());
  // Two relays at once share what is left.
  const rest = await Promise.all([control.expireUploads(before, 3), control.expireUploads(before, 3)]);
  expect(rest.flat().sort()).toEqual(ids.slice(3).sort());
  expect(await control.expireUploads(before, 3)).toEqual([]);
  for (const id of ids) {
    expect(await videoOf(id)).toMatchObject({ status: 'expired', completed_at: expect.any(Date) });
    expect(await outboxOf(id)).toEqual(['upload.abort']);
  }
  expect(await videoOf(fresh.videoId)).toMatchObject({ status: 'awaiting_upload' });
  expect(await videoOf(accepted.videoId)).toMatchObject({ status: 'uploaded' });
});
