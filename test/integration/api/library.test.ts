import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scopes } from '../../../src/database/scopes.ts';
import { startApi, type TestApi } from '../../support/api.ts';
import { seedVideo } from '../../support/seed-video.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({}, { queueOn: 'postgres' });
});
afterAll(() => api?.stop());

/** A creator with so many videos, the newest first. */
async function creatorWith(count: number) {
  const creatorId = `creator-of-${count}`;
  const videos: string[] = [];
  for (let made = 0; made < count; made++) {
    videos.unshift((await seedVideo(api.database, 'awaiting_upload', { creatorId, title: `Film ${made}` })).videoId);
  }
  return { creatorId, videos, key: await api.key({ creatorId }) };
}

const list = (key: string, query = '') => api.call('GET', `/api/v1/videos${query}`, { key });
const idsOf = (body: { videos: { video_id: string }[] }) => body.videos.map(({ video_id }) => video_id);

describe('GET /api/v1/videos', () => {
  test('leads through all videos of a creator, newest first, by cursor and by Link', async () => {
    const { key, videos } = await creatorWith(5);
    const first = await list(key, '?limit=2');
    expect(first.status).toBe(200);
    expect(idsOf(first.body)).toEqual(videos.slice(0, 2));
    const link = /^<(http[^>]+)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    expect(new URL(link).searchParams.get('cursor')).toBe(first.body.next_cursor);

    const { pathname, search } = new URL(link);
    const second = await api.call('GET', `${pathname}${search}`, { key });
    expect(idsOf(second.body)).toEqual(videos.slice(2, 4));
    const last = await list(key, `?cursor=${second.body.next_cursor}`);
    expect([idsOf(last.body), last.body.next_cursor, last.headers.get('link')]).toEqual([videos.slice(4), null, null]);
  });

  test('shows a creator his own, an operator everybody’s, and says whose they are', async () => {
    const [anna, ben] = ['anna', 'ben'];
    await seedVideo(api.database, 'ready', { creatorId: anna });
    await seedVideo(api.database, 'failed', { creatorId: ben });
    const ofAnna = await list(await api.key({ creatorId: anna }));
    expect(ofAnna.body.videos).toMatchObject([{ creator_id: anna, status: 'ready', playable: true }]);
    const operator = await api.key({ scopes });
    const everybody = await list(operator, '?limit=200');
    expect(new Set(everybody.body.videos.map((video: { creator_id: string }) => video.creator_id))).toEqual(
      new Set([anna, ben, 'creator-of-5']),
    );
    expect((await list(operator, '?creator=ben')).body.videos).toMatchObject([{ creator_id: ben, status: 'failed' }]);
    expect((await list(operator, '?creator=ben&state=ready,uploaded')).body.videos).toEqual([]);
  });

  test('FORBIDDEN: another creator’s videos ask for the scope operate', async () => {
    const { body } = await list(await api.key({ creatorId: 'carla' }), '?creator=anna');
    expect([body.code, body.detail]).toEqual(['FORBIDDEN', expect.stringContaining('operate')]);
    expect((await list(await api.key({ creatorId: 'carla' }), '?creator=carla')).body.videos).toEqual([]);
  });

  test.each([
    ['an unknown key', '?status=ready', 'status: not known in this query, which takes limit, cursor, state, creator'],
    ['an unknown state', '?state=ready,done', 'state.1'],
    ['a limit beyond', '?limit=201', 'limit'],
    ['no number', '?limit=many', 'limit'],
    ['a date without a time', '?created_after=2026-01-01', 'RFC 3339'],
    ['NUL in a creator', '?creator=%00', 'creator'],
    ['a cursor of nobody', '?cursor=abc', 'cursor'],
    ['two limits', '?limit=1&limit=2', 'limit'],
  ])('REQUEST_MALFORMED: %s is refused, and named', async (_, query, words) => {
    const { status, body } = await list(await api.key(), query);
    expect([status, body.code]).toEqual([400, 'REQUEST_MALFORMED']);
    expect(body.detail).toContain(words);
  });

  test('REQUEST_MALFORMED: a cursor counts for the list and the creator that it was made for', async () => {
    const creatorId = 'dora';
    for (let made = 0; made < 2; made++) await seedVideo(api.database, 'awaiting_upload', { creatorId });
    const key = await api.key({ creatorId });
    const { next_cursor } = (await list(key, '?limit=1')).body;
    expect(next_cursor).toEqual(expect.any(String));
    const other = await api.key({ creatorId: 'emil' });
    for (const answer of [
      await list(key, `?cursor=${next_cursor}&state=ready`),
      await list(other, `?cursor=${next_cursor}`),
      await list(key, `?cursor=${next_cursor}A`),
    ]) {
      expect(answer.body).toMatchObject({ code: 'REQUEST_MALFORMED', detail: expect.stringMatching(/^cursor/) });
    }
    expect((await list(key, `?cursor=${next_cursor}&limit=7`)).body.videos).toHaveLength(1);
  });
});

describe('PATCH /api/v1/videos/{id}', () => {
  const patch = (id: string, key: string, body: unknown, type = 'application/merge-patch+json') =>
    api.call('PATCH', `/api/v1/videos/${id}`, { key, body, headers: { 'content-type': type } });

  test('changes the title, as one line that may be shown, and nothing that is left out', async () => {
    const creatorId = 'frida';
    const { videoId } = await seedVideo(api.database, 'ready', { creatorId, title: 'Old', filename: 'beach.mp4' });
    const key = await api.key({ creatorId });
    const changed = await patch(videoId, key, { title: 'Our\nholidays\u202e ' });
    expect([changed.status, changed.body.title]).toEqual([200, 'Our holidays']);
    expect((await patch(videoId, key, {}, 'application/json')).body.title).toBe('Our holidays');
    expect((await api.call('GET', `/api/v1/videos/${videoId}`, { key })).body.title).toBe('Our holidays');
    for (const title of [null, '']) {
      await patch(videoId, key, { title: 'Old' });
      expect((await patch(videoId, key, { title })).body.title).toBe('beach.mp4');
    }
  });

  test('PRECONDITION_FAILED: with an If-Match changes only what the client knows', async () => {
    const { videoId } = await seedVideo(api.database, 'ready', { creatorId: 'lena', title: 'Old' });
    const key = await api.key({ creatorId: 'lena' });
    const rename = (title: string, tag: string) =>
      api.call('PATCH', `/api/v1/videos/${videoId}`, { key, body: { title }, headers: { 'if-match': tag } });
    const known = (await api.call('GET', `/api/v1/videos/${videoId}`, { key })).headers.get('etag') ?? '';
    const both = await Promise.all([rename('One', known), rename('Two', known)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
    const late = await rename('Late', `"other", ${known}`);
    expect(late).toMatchObject({ status: 412, body: { code: 'PRECONDITION_FAILED', retryable: false } });
    const now = both.find(({ status }) => status === 200)?.headers.get('etag') ?? '';
    expect((await rename('Weak', `W/${now}`)).status).toBe(412);
    expect((await rename('Three', now)).body.title).toBe('Three');
    expect((await rename('Four', '*')).body.title).toBe('Four');
  });

  test('PRECONDITION_FAILED: of two who know the same video one changes its title, or how it plays', async () => {
    const { videoId } = await seedVideo(api.database, 'ready', { creatorId: 'lena', title: 'Old' });
    const key = await api.key({ creatorId: 'lena' });
    const known = (await api.call('GET', `/api/v1/videos/${videoId}`, { key })).headers.get('etag') ?? '';
    const change = (body: unknown) =>
      api.call('PATCH', `/api/v1/videos/${videoId}`, { key, body, headers: { 'if-match': known } });
    const both = await Promise.all([change({ title: 'New' }), change({ playback: 'signed' })]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
    const row = await api.database.videos.find(videoId);
    expect([row?.title === 'New', row?.playback === 'signed'].filter(Boolean)).toHaveLength(1);
  });

  test('REQUEST_MALFORMED: another field is refused', async () => {
    const { videoId } = await seedVideo(api.database, 'ready', { creatorId: 'gerd', title: 'Old' });
    const key = await api.key({ creatorId: 'gerd' });
    for (const body of [{ title: 'New', priority: 'urgent' }, { title: 'x'.repeat(300) }, { title: 5 }, []]) {
      expect((await patch(videoId, key, body)).body.code).toBe('REQUEST_MALFORMED');
    }
    expect((await api.database.videos.find(videoId))?.title).toBe('Old');
  });

  test('is NOT_FOUND for another creator, and asks for videos:write', async () => {
    const { videoId } = await seedVideo(api.database, 'ready', { creatorId: 'hans' });
    expect((await patch(videoId, await api.key(), { title: 'Mine' })).body.code).toBe('NOT_FOUND');
    const reader = await api.key({ creatorId: 'hans', scopes: ['videos:read'] });
    expect((await patch(videoId, reader, { title: 'Mine' })).body.code).toBe('FORBIDDEN');
  });
});

test('a video that was removed is listed only where it is asked for, plays nowhere and keeps its title', async () => {
  const creatorId = 'ida';
  const { videoId } = await seedVideo(api.database, 'ready', { creatorId, title: 'Mine' });
  const key = await api.key({ creatorId });
  const playing = (await list(key)).body.videos[0];
  expect(playing.hls_url).toMatch(new RegExp(`^${api.url}/media/transcoded/${videoId}/`));
  await api.call('DELETE', `/api/v1/videos/${videoId}`, { key });

  expect((await list(key)).body.videos).toEqual([]);
  const [removed] = (await list(key, '?state=removed')).body.videos;
  expect(removed).toMatchObject({
    video_id: videoId,
    playable: false,
    hls_url: null,
    dash_url: null,
    poster_url: null,
  });
  const renamed = await api.call('PATCH', `/api/v1/videos/${videoId}`, { key, body: { title: 'New' } });
  expect([renamed.status, renamed.body.code]).toEqual([409, 'VIDEO_STATE_CONFLICT']);
});
