import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { type RunFile, readRunFile } from '../../src/local/run-file.ts';
import { type AtEnd, testFolder } from './folder.ts';
import { jsonLines, reelmill, type Started, startReelmill } from './reelmill.ts';

export type Up = Awaited<ReturnType<typeof startUp>>;

/** The whole product in a home of its own, as `reelmill up` starts it with these settings. Ends with the test, unless `atEnd` says otherwise. */
export async function startUp(name: string, settings: NodeJS.ProcessEnv = {}, atEnd: AtEnd = onTestFinished) {
  const home = join(await testFolder(name, atEnd), 'home');
  const environment = { REELMILL_HOME: home, API_PORT: '0', LOG_LEVEL: 'warn', ...settings };
  const up: Started = startReelmill(['up', '--json'], environment, { atEnd });
  // Registered after the folder's end and so done before it.
  atEnd(async () => {
    up.process.kill('SIGTERM');
    await up.finished;
  });
  await up.until((output) => output.includes('\n'));
  const run: RunFile | null = await readRunFile(join(home, 'run.json'));
  if (!run) throw new Error(`no run.json: ${up.errors()}`);

  return {
    run,
    home,
    /** The process itself; what it has said stands in `finished` once it has ended. */
    ...{ process: up.process, finished: up.finished },
    storagePath: (...steps: string[]) => join(home, 'storage', ...steps),
    /** Runs another command of `reelmill` in the same home. */
    reelmill: (...args: string[]) => reelmill(args, environment),
    /** Uploads files and waits until each is final; what `ingest --wait --json` says of them. */
    async ingest(...files: string[]): Promise<Record<string, unknown>[]> {
      return jsonLines((await reelmill(['ingest', ...files, '--wait', '--json'], environment)).stdout);
    },
    async call(
      method: string,
      path: string,
      body?: unknown,
    ): Promise<{ status: number; body: Record<string, unknown> }> {
      const response = await fetch(`${run.api_url}${path}`, {
        method,
        headers: { authorization: `Bearer ${run.api_key}`, 'content-type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const answer = z.record(z.string(), z.unknown()).parse(await response.json());
      return { status: response.status, body: answer };
    },
  };
}
