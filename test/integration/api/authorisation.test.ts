import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../../../src/api/openapi.ts';
import type { Operation } from '../../../src/api/operation.ts';
import { boardPath } from '../../../src/api/service/board.ts';
import { startApi, type TestApi } from '../../support/api.ts';
import { bodies, lackingSamples, namesVideo, samplePath } from '../../support/authorisation-samples.ts';
import { expectedAccess, ownScopes, visitors } from '../../support/expected-access.ts';
import { sendRaw } from '../../support/send-raw.ts';
import { createUpload } from '../../support/upload.ts';
import { type SentHeaders, visitorCredentials } from '../../support/visitor-credentials.ts';

/** Nothing else has this in it by chance. */
const creatorId = 'anna-of-the-matrix';

let api: TestApi;
let owner: { key: string; creatorId: string };
let credentials: ReturnType<typeof visitorCredentials>;
let otherVideo: string;
beforeAll(async () => {
  api = await startApi({}, { queueOn: 'postgres' });
  owner = { key: await api.key({ creatorId }), creatorId };
  credentials = visitorCredentials(api, creatorId);
  otherVideo = (await createUpload(api, owner.key, 5)).video_id;
});
afterAll(() => api?.stop());

describe('the matrix has all that it takes', () => {
  test('for every operation', () => {
    expect(operations.flatMap(lackingSamples)).toEqual([]);
  });
  test('and says what to add for a new one', () => {
    const [operation] = operations.filter(({ id }) => id === 'createUpload');
    const fresh = { ...operation, id: 'new', path: '/api/v1/videos/{id}/things/{thing}' } as Operation;
    expect(lackingSamples(fresh)).toEqual([
      expect.stringMatching(/^new: add "\/api\/v1\/videos\/\{id\}\/things\/\{thing\}" to `samples` in test\/support/),
      expect.stringMatching(/^new: add a body that it takes to `bodies` in test\/support/),
    ]);
  });
});

/** Who is refused changes nothing: one sample will do. Whoever passes gets one of his own. */
const refusedAt = new Map<string, ReturnType<typeof samplePath>>();
function sampleFor(operation: Operation, passes: boolean): ReturnType<typeof samplePath> {
  const sample = (!passes && refusedAt.get(operation.id)) || samplePath(api, operation, owner);
  if (!passes) refusedAt.set(operation.id, sample);
  return sample;
}

const matrix = operations
  // What lacks a sample has failed above, once.
  .filter((operation) => lackingSamples(operation).length === 0)
  .flatMap((operation) =>
    visitors.flatMap((visitor) =>
      ownScopes(operation, visitor).map((own) => ({
        ...{ operation, visitor, own, id: operation.id },
        expected: expectedAccess(operation, visitor, { ofVideo: namesVideo(operation), own }),
      })),
    ),
  );

describe('who may what', () => {
  test.each(matrix)('$id for $visitor ($own): $expected', async ({ operation, visitor, own, expected }) => {
    const { path, videoId = otherVideo } = await sampleFor(operation, expected === 'may');
    const headers = await credentials(visitor, operation, {
      own,
      thisVideo: videoId,
      otherVideo: videoId === otherVideo ? 'vid_none' : otherVideo,
    });
    const body = operation.body ? JSON.stringify(bodies[operation.id] ?? {}) : '';
    const type: SentHeaders = body ? { 'content-type': 'application/json' } : {};
    const answer = await sendRaw(api.url, {
      ...{ method: operation.method.toUpperCase(), path, body },
      headers: { ...headers, ...type },
    });
    const refused = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'].find((code) => code === answer.code) ?? 'may';
    expect({ refused, text: answer.text }).toEqual({ refused: expected, text: answer.text });
    expect(answer.code).not.toBe('INTERNAL');
    if (expected === 'UNAUTHENTICATED') expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    // Of what is not his he is told nothing, also where the operation as such is his to use.
    if (visitor.startsWith('another creator') && (own?.startsWith('videos:') || expected === 'NOT_FOUND')) {
      expect(answer.text.replaceAll(path, '')).not.toMatch(new RegExp(`${creatorId}|${otherVideo}`));
    }
  });

  test.each(visitors)('the board for %s', async (visitor) => {
    const board = { access: 'operate', method: 'get' } as const;
    const own = 'operate';
    const headers = await credentials(visitor, board, { thisVideo: otherVideo, otherVideo: 'vid_none', own });
    const expected = expectedAccess(board, visitor, { ofVideo: false, own });
    for (const path of [boardPath, `${boardPath}/`, `${boardPath}/api/queues`, boardPath.toUpperCase()]) {
      const { status, code } = await sendRaw(api.url, { method: 'GET', path, headers });
      expect([path, code ?? status]).toEqual([path, expected === 'may' ? 200 : expected]);
    }
  });

  test('no refusal has changed anything', async () => {
    for (const sample of refusedAt.values()) {
      const { videoId } = await sample;
      if (!videoId) continue;
      expect(['awaiting_upload', 'uploaded']).toContain((await api.database.videos.find(videoId))?.status);
    }
  });
});
