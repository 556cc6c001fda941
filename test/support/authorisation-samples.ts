import type { Operation } from '../../src/api/operation.ts';
import { jobId } from '../../src/jobs/define-job.ts';
import type { TestApi } from './api.ts';
import { seedVideo } from './seed-video.ts';
import { createUpload } from './upload.ts';

/** What a request of the matrix is about: something that is made for it alone, so that what it does disturbs no other. */
export interface Sample {
  /** In the path's place. */
  value: string;
  /** Where it is, or is part of, a video: its id, which another creator must get NOT_FOUND for. */
  videoId?: string;
}

/** Whose things they are. */
export interface Owner {
  creatorId: string;
  /** With the scopes of a creator. */
  key: string;
}

/**
 * What stands for the parameters of paths, by the beginning of the path that a parameter ends: `/api/v1/videos/{id}/tracks/{track}` asks for
 * `/api/v1/videos/{id}` and, unless its last parameter has the same name everywhere, for the whole path.
 */
const samples: Record<string, (api: TestApi, owner: Owner) => Promise<Sample>> = {
  '/api/v1/videos/{id}': async (api, { key }) => {
    const { video_id } = await createUpload(api, key, 5);
    return { value: video_id, videoId: video_id };
  },
  '/api/v1/jobs/{id}': async (api, { creatorId }) => {
    const { videoId, runId } = await seedVideo(api.database, 'uploaded', { creatorId });
    return { value: jobId({ videoId, runId, name: 'probe' }), videoId };
  },
  '/api/v1/keys/{id}': async (api) => {
    const { key } = await api.database.keys.issue({ creatorId: 'dora', plan: 'free', scopes: ['operate'], name: '' });
    return { value: key.id };
  },
  '/api/v1/presets/{name}': async () => ({ value: 'standard' }),
  '/api/v1/policies/{name}': async () => ({ value: 'standard' }),
  '/problems/{code}': async () => ({ value: 'NOT_FOUND' }),
};

/** Bodies that an operation takes, by its id; without one: `{}`. */
export const bodies: Record<string, unknown> = {
  createUpload: { filename: 'clip.mp4', file_size_bytes: 5 },
  signParts: { part_numbers: [1] },
  completeUpload: { parts: [] },
  ingestUrl: { url: 'https://example.com/clip.mp4' },
  putPreset: { policy: 'standard' },
  prioritiseVideo: { priority: 'high' },
  createKey: { creator_id: 'dora', name: 'app', scopes: ['videos:read'] },
};

/** The beginnings of a path that end with a parameter: what it takes samples of. Pure. */
export const parametersOf = ({ path }: Pick<Operation, 'path'>): string[] =>
  [...path.matchAll(/\{\w+\}/g)].map(({ 0: parameter, index }) => path.slice(0, index + parameter.length));

/** Whether a path names a video, whose creator alone may see it. Pure. */
export const namesVideo = (operation: Pick<Operation, 'path'>): boolean =>
  parametersOf(operation).some((place) => /^\/api\/v1\/(videos|jobs)\//.test(place));

/** What the tables lack for an operation, in words that say what to add; empty where they lack nothing. Pure. */
export function lackingSamples(operation: Operation): string[] {
  const here = 'test/support/authorisation-samples.ts';
  const body = bodies[operation.id] ?? {};
  return [
    ...parametersOf(operation)
      .filter((place) => !samples[place])
      .map(
        (place) =>
          `${operation.id}: add "${place}" to \`samples\` in ${here}: what stands for its last parameter, and whether that is a video`,
      ),
    ...(operation.body && !operation.body.safeParse(body).success
      ? [`${operation.id}: add a body that it takes to \`bodies\` in ${here}`]
      : []),
  ];
}

/** The path of an operation about fresh things of their owner, and the video that it is about. */
export async function samplePath(
  api: TestApi,
  operation: Operation,
  owner: Owner,
): Promise<{ path: string; videoId: string | undefined }> {
  let path = operation.path;
  let videoId: string | undefined;
  for (const place of parametersOf(operation)) {
    const sample = await samples[place]?.(api, owner);
    if (!sample) throw new Error(lackingSamples(operation).join('\n'));
    path = path.replace(/\{\w+\}/, encodeURIComponent(sample.value));
    videoId ??= sample.videoId;
  }
  return { path, videoId };
}
