import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scopes } from '../../../src/database/scopes.ts';
import { startApi, type TestApi } from '../../support/api.ts';
import { testFolder } from '../../support/folder.ts';
import { jsonLines, reelmill } from '../../support/reelmill.ts';
import { tinyVideo } from '../../support/tiny-video.ts';

let api: TestApi;
let admin: string;
let creator: string;
let premium: string;
beforeAll(async () => {
  api = await startApi({}, { queueOn: 'postgres' });
  [admin, creator, premium] = await Promise.all([api.key({ scopes }), api.key(), api.key({ plan: 'premium' })]);
});
afterAll(() => api?.stop());

const policyAt = (name: string) => `/api/v1/policies/${name}`;
const presetAt = (name: string) => `/api/v1/presets/${name}`;
const put = (path: string, body: unknown, key = admin) => api.call('PUT', path, { key, body });
const get = (path: string, key = admin) => api.call('GET', path, { key });
const remove = (path: string, key = admin) => api.call('DELETE', path, { key });
const house = { ladder: [{ height: 360, crf: 24, maxrate_kbps: 800, bufsize_kbps: 1_600 }], playback: 'signed' };

describe('policies', () => {
  test('are made, shown whole, replaced and removed', async () => {
    const made = await put(policyAt('house'), house);
    expect(made).toMatchObject({ status: 201, body: { name: 'house', built_in: false } });
    expect(made.body.definition).toMatchObject({ ...house, media_segment_seconds: 4, rate_control: { mode: 'crf' } });
    expect((await get(policyAt('house'))).body).toEqual(made.body);
    // What GET shows can be sent as it is.
    const again = await put(policyAt('house'), { ...made.body.definition, media_segment_seconds: 6 });
    expect(again).toMatchObject({ status: 200, body: { definition: { media_segment_seconds: 6 } } });
    expect((await get('/api/v1/policies')).body.policies.map(({ name }: { name: string }) => name)).toEqual([
      'standard',
      'house',
    ]);
    expect((await remove(policyAt('house'))).status).toBe(204);
    for (const call of [remove, get]) expect(await call(policyAt('house'))).toMatchObject({ status: 404 });
  });

  test('that make no sense are refused, and every fault is named', async () => {
    const { status, body } = await put(policyAt('x'), { codec: 'av1', gop_seconds: 3, ladders: [] });
    expect([status, body.code]).toEqual([400, 'REQUEST_MALFORMED']);
    expect(body.detail).toMatch(/codec: av1 is not in this version.*"ladders"/);
    expect((await put(policyAt('Über'), {})).body).toMatchObject({ code: 'REQUEST_MALFORMED' });
    expect((await put(policyAt('x'), { ladder: Array(10_000).fill(house.ladder[0]) })).status).toBeGreaterThanOrEqual(
      400,
    );
    expect((await get(policyAt('x'))).status).toBe(404);
  });

  test('PRESET_CONFLICT: one that comes with the product stays, and one that a preset names', async () => {
    await put(policyAt('named'), {});
    await put(presetAt('names-it'), { policy: 'named' });
    expect(await remove(policyAt('named'))).toMatchObject({
      status: 409,
      body: { code: 'PRESET_CONFLICT', detail: expect.stringContaining('names-it') },
    });
    const product = [
      put(policyAt('standard'), house),
      remove(policyAt('standard')),
      put(presetAt('standard'), { policy: 'named' }),
      remove(presetAt('standard')),
    ];
    for (const answer of await Promise.all(product))
      expect(answer).toMatchObject({ status: 409, body: { code: 'PRESET_CONFLICT' } });
    expect((await remove(presetAt('names-it'))).status).toBe(204);
    expect((await remove(policyAt('named'))).status).toBe(204);
  });

  test('of which one is removed while a preset comes to name it: one of them is refused', async () => {
    for (let round = 0; round < 8; round += 1) {
      await put(policyAt('raced'), {});
      const [removed, made] = await Promise.all([
        remove(policyAt('raced')),
        put(presetAt('racing'), { policy: 'raced' }),
      ]);
      expect([
        [204, 422],
        [409, 201],
      ]).toContainEqual([removed.status, made.status]);
      if (made.status === 201) await remove(presetAt('racing'));
    }
  });
});

describe('presets', () => {
  beforeAll(async () => {
    await put(policyAt('rich'), house);
    await put(presetAt('best'), { policy: 'rich', description: 'For those who pay', plans: ['premium'] });
    await put(presetAt('plain'), { policy: 'standard' });
  });
  const names = async (key: string) =>
    (await get('/api/v1/presets', key)).body.presets.map(({ name }: { name: string }) => name);

  test('are listed to whom they are for, and to operators', async () => {
    expect([await names(creator), await names(premium), await names(admin)]).toEqual([
      ['standard', 'plain'],
      ...Array(2).fill(['standard', 'best', 'plain']),
    ]);
    expect((await get(presetAt('best'), creator)).status).toBe(404);
    expect((await get(policyAt('rich'), creator)).status).toBe(404);
    expect((await get(policyAt('rich'), premium)).body.definition).toMatchObject(house);
    expect((await get(presetAt('best'), premium)).body).toMatchObject({
      policy: 'rich',
      plans: ['premium'],
      built_in: false,
    });
  });

  test('and policies are changed by the scope admin alone', async () => {
    for (const answer of [
      await put(presetAt('mine'), { policy: 'rich' }, premium),
      await remove(policyAt('rich'), premium),
    ]) {
      expect(answer).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    }
  });

  test('PRESET_UNKNOWN: neither an upload may name what is not for its plan, nor a preset a policy that is not there', async () => {
    const upload = (preset: string, key: string) =>
      api.call('POST', '/api/v1/videos/upload', { key, body: { filename: 'a.mp4', file_size_bytes: 1, preset } });
    for (const answer of [
      await upload('best', creator),
      await upload('none', premium),
      await upload('', premium),
      await put(presetAt('lost'), { policy: 'none' }),
    ]) {
      expect(answer).toMatchObject({ status: 422, body: { code: 'PRESET_UNKNOWN' } });
    }
    const { body } = await upload('best', premium);
    expect(await api.database.videos.find(body.video_id)).toMatchObject({ preset: 'best', playback: 'signed' });
  });

  test('leave a video what it was made with', async () => {
    const ports = api.database.jobPorts('wrk_test');
    await put(policyAt('moves'), { ...house, playback: 'public' });
    await put(presetAt('moving'), { policy: 'moves' });
    const create = async (preset: string) =>
      (
        await api.call('POST', '/api/v1/videos/upload', {
          key: creator,
          body: { filename: 'a.mp4', file_size_bytes: 1, preset },
        })
      ).body.video_id;
    const [own, plain] = [await create('moving'), await create('standard')];
    const policyNow = async () => (await ports.videos.source(own)).policy;
    const before = await policyNow();
    expect(before).toMatchObject({ name: 'moves', ladder: [{ height: 360, rateControl: { mode: 'crf', crf: 24 } }] });

    await put(policyAt('moves'), { ladder: [{ ...house.ladder[0], crf: 40 }] });
    expect(await policyNow()).toEqual(before);
    await remove(presetAt('moving'));
    await remove(policyAt('moves'));
    expect(await policyNow()).toEqual(before);
    expect((await ports.videos.source(plain)).policy).toBeNull();
  });

  test('are named by `reelmill ingest --preset`', async () => {
    const folder = await testFolder('presets');
    const file = join(folder, 'clip.mp4');
    await writeFile(file, tinyVideo('for a preset'));
    const ingest = (preset: string) =>
      reelmill(['ingest', file, '--preset', preset, '--json'], {
        ...{ REELMILL_HOME: folder, REELMILL_API_URL: api.url, REELMILL_API_KEY: premium },
      });
    const { code, stdout } = await ingest('best');
    const [result] = jsonLines(stdout);
    expect([code, (await api.database.videos.find(String(result?.video_id)))?.preset]).toEqual([0, 'best']);
    const refused = await ingest('none');
    expect([refused.code, JSON.stringify(jsonLines(refused.stdout))]).toEqual([
      2,
      expect.stringContaining('PRESET_UNKNOWN'),
    ]);
  });
});
