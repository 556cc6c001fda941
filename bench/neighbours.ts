import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiClient, createApiClient, videoAnswer } from '../src/cli/api-client.ts';
import { isFinal } from '../src/cli/file-result.ts';
import { uploadFile } from '../src/cli/upload-file.ts';
import { readConfig } from '../src/config.ts';
import { homeAt } from '../src/local/home.ts';
import { startLocal } from '../src/local/start-local.ts';
import { createLog } from '../src/log.ts';
import { badFiles, goodFilms, mingled, type NamedFile, trivialFilms } from '../test/support/neighbours.ts';
import { commit } from './commit.ts';
import { round } from './pipeline-result.ts';

export interface NeighboursResult {
  /** From the first request to the last of the ten films being ready, s. */
  aloneSeconds: number;
  besideTrivialSeconds: number;
  besideBadSeconds: number;
}

const neighbours = 50;

/** How long ten good films take in the whole product: alone, beside fifty trivial good ones, and beside fifty bad files of all kinds. */
export async function measureNeighbours(folder: string): Promise<NeighboursResult> {
  const good = await goodFilms({ seconds: 8, size: '320x180' });
  const [trivial, bad] = [await trivialFilms(neighbours), await badFiles(neighbours)];
  const root = join(folder, 'home');
  const config = readConfig({ ...process.env, REELMILL_HOME: root, API_PORT: '0', LOG_LEVEL: 'error' });
  const log = createLog({ level: 'error', name: 'bench' });
  const local = await startLocal({ config, home: homeAt(root), cpuWorkers: 1, log });
  try {
    const api = createApiClient({ url: local.run.api_url, key: local.run.api_key });
    const measure = async (name: string, beside: NamedFile[]) =>
      secondsOfGood(api, await written(join(folder, name), mingled(good, beside)));
    await measure('warm', []); // connections, plans, code
    return {
      aloneSeconds: await measure('alone', []),
      besideTrivialSeconds: await measure('trivial', trivial),
      besideBadSeconds: await measure('bad', bad),
    };
  } finally {
    await local.stop();
  }
}

/** Submits all files at the same time, and waits for all; seconds until the last good one was ready. Rejects where one of them fails. */
async function secondsOfGood(api: ApiClient, paths: string[]): Promise<number> {
  const begun = performance.now();
  const seconds = await Promise.all(
    paths.map(async (path) => {
      const isGood = path.includes('/good-');
      const videoId = await uploadFile(api, path, () => {}).catch((error: unknown) => {
        if (isGood) throw error; // a bad one may be refused as soon as it is there
        return null;
      });
      while (videoId !== null) {
        const video = await api.call('GET', `/api/v1/videos/${videoId}`, videoAnswer);
        if (isGood && video.error) throw new Error(`${path}: ${video.error.code}: ${video.error.detail}`);
        if (isFinal(video.status)) break;
        await sleep(500);
      }
      return isGood ? (performance.now() - begun) / 1_000 : 0;
    }),
  );
  return Math.max(...seconds);
}

async function written(folder: string, files: NamedFile[]): Promise<string[]> {
  await mkdir(folder);
  return Promise.all(
    files.map(async ({ name, bytes }, index) => {
      const path = join(folder, name.startsWith('good-') ? name : `${index}-${name}`);
      await writeFile(path, bytes);
      return path;
    }),
  );
}

/** The result for machines. */
export function neighboursResult({ aloneSeconds, besideTrivialSeconds, besideBadSeconds }: NeighboursResult) {
  return {
    commit: commit(),
    neighbours: {
      alone_seconds: round(aloneSeconds),
      beside_trivial_seconds: round(besideTrivialSeconds),
      beside_bad_seconds: round(besideBadSeconds),
      ratio: round(besideBadSeconds / besideTrivialSeconds),
    },
  };
}

/** The result for people. Pure. */
export function neighboursTable({ aloneSeconds, besideTrivialSeconds, besideBadSeconds }: NeighboursResult): string {
  const rows: [string, number, string][] = [
    ['10 films alone, s', aloneSeconds, ''],
    ['beside 50 trivial ones, s', besideTrivialSeconds, ''],
    ['beside 50 bad files, s', besideBadSeconds, ''],
    ['neighbours.ratio (bad/trivial)', besideBadSeconds / besideTrivialSeconds, '<= 2.00'],
  ];
  return rows
    .map(([what, value, goal]) => `${what.padEnd(32)}${value.toFixed(2).padStart(8)}   ${goal}`.trimEnd())
    .join('\n');
}
