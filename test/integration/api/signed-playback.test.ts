import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { playbackUrls } from '../../../src/api/media/playback.ts';
import { startApi, type TestApi } from '../../support/api.ts';
import { seedVideo } from '../../support/seed-video.ts';

let api: TestApi;
let sql: pg.Client;
let video: { id: string; folder: string };
/** What is known of who may play grows old by this clock alone, ms. */
let clock = 0;
beforeAll(async () => {
  api = await startApi({}, { queueOn: 'postgres', mediaNow: () => clock });
  sql = new pg.Client({ connectionString: api.urls.databaseUrl });
  await sql.connect();
});
afterAll(async () => {
  await sql?.end();
  await api?.stop();
});
beforeEach(async () => {
  video = await signedVideo();
});

/** A video that plays by signed URLs, with a manifest and a segment. */
async function signedVideo() {
  const { videoId, runId } = await seedVideo(api.database, 'ready');
  await sql.query(`UPDATE videos SET playback = 'signed' WHERE id = $1`, [videoId]);
  const folder = `transcoded/${videoId}/${runId}/package-1`;
  for (const name of ['manifest.m3u8', 'seg-1.m4s']) {
    await api.storage.put(`${folder}/${name}`, Buffer.from('bytes'), { contentType: 'video/mp4' });
  }
  return { id: videoId, folder };
}

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000);
const signed = (name: string, { expiresAt = inSeconds(600), of = video } = {}) =>
  playbackUrls(api.settings).until({ id: of.id, playback: 'signed' }, `${of.folder}/${name}`, expiresAt) ?? '';

async function get(url: string) {
  const response = await fetch(url);
  const text = await response.text();
  const code = response.headers.get('content-type')?.includes('problem') ? JSON.parse(text).code : null;
  return { status: response.status, code, cache: response.headers.get('cache-control') };
}

test('a signed URL plays, and so does what lies beside it', async () => {
  const manifest = signed('manifest.m3u8');
  expect(await get(manifest)).toEqual({ status: 200, code: null, cache: 'public, max-age=60' });
  const { status, cache } = await get(new URL('seg-1.m4s', manifest).href);
  expect(status).toBe(200);
  // Not longer than the URL is valid.
  expect(Number(cache?.replace('public, max-age=', ''))).toBeGreaterThan(590);
  expect(Number(cache?.replace('public, max-age=', ''))).toBeLessThanOrEqual(600);
});

test('a page of any origin may play it, in ranges', async () => {
  const response = await fetch(signed('seg-1.m4s'), { headers: { range: 'bytes=1-2', origin: 'https://a.example' } });
  expect([response.status, await response.text()]).toEqual([206, 'yt']);
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
});

describe('SIGNATURE_INVALID', () => {
  test('without a signature', async () => {
    const { status, code, cache } = await get(`${api.url}/media/${video.folder}/manifest.m3u8`);
    expect([status, code, cache]).toEqual([403, 'SIGNATURE_INVALID', 'no-store']);
  });

  test.each([
    ['with a later end', (url: string) => url.replace(/~(\d+)/, (_, end) => `~${Number(end) + 1}`)],
    [
      'with another signature',
      (url: string) => url.replace(/\.([\w-])/, (_, first) => `.${first === 'A' ? 'B' : 'A'}`),
    ],
    ['with no signature after its end', (url: string) => url.replace(/\.[\w-]{43}\//, '/')],
  ])('%s', async (_, change) => {
    const url = signed('manifest.m3u8');
    const path = url.slice(api.url.length);
    expect(change(path)).not.toBe(path);
    const { status, code } = await get(`${api.url}${change(path)}`);
    expect([status, code]).toEqual([403, 'SIGNATURE_INVALID']);
  });

  test('with that of another video', async () => {
    const other = await signedVideo();
    const url = signed('manifest.m3u8').replace(video.folder, other.folder);
    expect((await get(url)).code).toBe('SIGNATURE_INVALID');
    expect((await get(signed('manifest.m3u8', { of: other }))).status).toBe(200);
  });

  test.each(['originals/ID/original.mp4', 'segments/ID/a.m4s', 'transcoded/ID/../../originals/ID/original.mp4'])(
    'and opens nothing else: %s',
    async (path) => {
      const token = /~[^/]+/.exec(signed('manifest.m3u8'))?.[0];
      expect(await get(`${api.url}/media/${token}/${path.replaceAll('ID', video.id)}`)).toMatchObject({ status: 404 });
    },
  );
});

test('SIGNATURE_EXPIRED: a URL whose time has passed', async () => {
  const { status, code } = await get(signed('manifest.m3u8', { expiresAt: inSeconds(-1) }));
  expect([status, code]).toEqual([403, 'SIGNATURE_EXPIRED']);
});

test('playback of a removed video ends at once on every process, by signed URLs and by open ones', async () => {
  const open = await seedVideo(api.database, 'ready');
  const key = `transcoded/${open.videoId}/${open.runId}/package-1/manifest.m3u8`;
  await api.storage.put(key, Buffer.from('bytes'), { contentType: 'video/mp4' });
  const urls = [signed('manifest.m3u8'), `${api.url}/media/${key}`];
  for (const url of urls) expect((await get(url)).status).toBe(200);
  const ids = [video.id, open.videoId];
  await sql.query(`UPDATE videos SET status = 'removed', removed_at = now() WHERE id = ANY ($1)`, [ids]);
  for (const id of ids) await sql.query(`SELECT pg_notify('reelmill_video', $1)`, [id]);
  for (const url of urls) {
    await expect.poll(() => get(url), { interval: 20 }).toMatchObject({ status: 404 });
  }
});

test('a change of which nobody was told counts after a moment', async () => {
  expect((await get(signed('manifest.m3u8'))).status).toBe(200);
  await sql.query(`UPDATE videos SET status = 'removed' WHERE id = $1`, [video.id]);
  expect((await get(signed('manifest.m3u8'))).status).toBe(200);
  clock += 2_000;
  expect((await get(signed('manifest.m3u8'))).status).toBe(404);
});

describe('POST /api/v1/videos/{id}/playback', () => {
  const ask = async (id: string, body?: unknown, creatorId = 'creator-1') =>
    api.call('POST', `/api/v1/videos/${id}/playback`, { key: await api.key({ creatorId }), body });

  test('gives URLs for a viewer, valid as long as is asked for', async () => {
    const { status, body } = await ask(video.id, { expires_in_seconds: 120 });
    expect(status).toBe(200);
    expect((Date.parse(body.expires_at) - Date.now()) / 1_000).toBeGreaterThan(118);
    expect((Date.parse(body.expires_at) - Date.now()) / 1_000).toBeLessThanOrEqual(121);
    expect(body.hls_url).toMatch(/\/media\/~\d+\.[\w-]{43}\/transcoded\/vid_\w+\/run_\w+\/package-1\/manifest\.m3u8$/);
    expect(await get(body.hls_url)).toMatchObject({ status: 200 });
    expect(body.thumbnails_url).toBeNull();
  });

  test('and the same to all who ask without a time, as the video itself tells', async () => {
    const [first, second] = [await ask(video.id), await ask(video.id, {})];
    expect(second.body).toEqual(first.body);
    expect(Date.parse(first.body.expires_at) - Date.now()).toBeGreaterThan(
      (api.settings.playbackUrlSeconds - 60) * 1_000,
    );
    const { body } = await api.call('GET', `/api/v1/videos/${video.id}`, {
      key: await api.key({ creatorId: 'creator-1' }),
    });
    expect(body.hls_url).toBe(first.body.hls_url);
  });

  test('of a public video they need no signature and do not end', async () => {
    const { videoId } = await seedVideo(api.database, 'ready');
    const { body } = await ask(videoId, { expires_in_seconds: 60 });
    expect([body.expires_at, /~/.test(body.hls_url)]).toEqual([null, false]);
  });

  test('VIDEO_STATE_CONFLICT: where there is nothing to play', async () => {
    const { videoId } = await seedVideo(api.database, 'uploaded');
    const { status, body } = await ask(videoId);
    expect([status, body.code]).toEqual([409, 'VIDEO_STATE_CONFLICT']);
  });

  test('is NOT_FOUND for another creator, and REQUEST_MALFORMED for a time that is none', async () => {
    expect((await ask(video.id, {}, 'ben')).body.code).toBe('NOT_FOUND');
    for (const seconds of [0, -1, 1.5, 604_801, '60']) {
      expect((await ask(video.id, { expires_in_seconds: seconds })).body.code).toBe('REQUEST_MALFORMED');
    }
  });
});
