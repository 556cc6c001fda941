import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiClient } from '../../../src/cli/api-client.ts';
import { type FileResult, resultWords } from '../../../src/cli/file-result.ts';
import { ingestExitCode } from '../../../src/cli/ingest-exit-code.ts';
import { checkFiles, ingestFiles } from '../../../src/cli/ingest-files.ts';
import { createPatience } from '../../../src/cli/patience.ts';
import type { Scope } from '../../../src/database/scopes.ts';
import { startApi, type TestApi } from '../../support/api.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';

let place: OpenTestDatabase;
let fetching: TestApi;
let off: TestApi;
beforeAll(async () => {
  place = await openTestDatabase();
  const options = { queueOn: 'postgres', databaseUrl: place.url } as const;
  fetching = await startApi({ ingest: { allowedNetworks: [] } }, options);
  off = await startApi({}, options);
});
afterAll(async () => {
  await off?.stop();
  await fetching?.stop();
  await place?.close();
});

/** What `reelmill ingest <url>` comes to, and what it says meanwhile. */
async function ingest(
  api: TestApi,
  url: string,
  scopes?: readonly Scope[],
): Promise<{ results: FileResult[]; said: string[] }> {
  await checkFiles([url]);
  const said: string[] = [];
  const client = createApiClient({ url: api.url, key: await api.key({ scopes }) });
  const results = await ingestFiles({ api: client, storageRoot: null }, [url], {
    wait: false,
    patience: createPatience({ ms: 0 }),
    line: { live: false, show: () => undefined, print: (words) => void said.push(words) },
    onResult: () => undefined,
  });
  return { results, said };
}

test('a URL is fetched by the API, and what its query grants is not shown', async () => {
  const { results, said } = await ingest(fetching, 'https://example.com/holiday.mov?token=hush');
  expect(results).toEqual([expect.objectContaining({ status: 'awaiting_upload', error: null })]);
  const id = results[0]?.video_id ?? '';
  expect(said).toEqual([`example.com/holiday.mov  will be fetched as ${id}`]);
  expect(await fetching.database.videos.find(id)).toMatchObject({ filename: 'holiday.mov' });
});

test('INGEST_OFF: where the API fetches nothing, the result says so and what to do', async () => {
  const { results } = await ingest(off, 'http://example.com/film.mp4', ['videos:write', 'operate']);
  expect(results).toEqual([expect.objectContaining({ video_id: null, status: 'failed' })]);
  expect(resultWords(results[0] as FileResult)).toMatch(
    /INGEST_OFF\n.*fetches no videos from URLs\.\n.*Upload the file\.\n +Server +INGEST_URLS=on/,
  );
  expect(ingestExitCode(results)).toBe(2);
});
