import { readFile, rm } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { keep } from './kept-secret.ts';

const pid = z.number().int().positive();

/** What a running Reelmill tells other programs of this machine. `redis_url` is null where the queue is in Postgres. */
const schema = z.object({
  api_url: z.string(),
  board_url: z.string(),
  api_key: z.string(),
  database_url: z.string(),
  redis_url: z.string().nullable(),
  storage: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('file'), root: z.string() }),
    z.object({ kind: z.literal('s3'), url: z.string() }),
  ]),
  pids: z.object({ api: pid, relay: pid, workers: z.array(pid) }),
});
export type RunFile = z.infer<typeof schema>;

/** The folder of the outputs on this machine; null where they are in S3. Pure. */
export const storageRootOf = ({ storage }: RunFile): string | null => (storage.kind === 'file' ? storage.root : null);

/** What STORAGE_URL is for that storage. Pure. */
export const storageUrlOf = ({ storage }: Pick<RunFile, 'storage'>): string =>
  storage.kind === 'file' ? pathToFileURL(storage.root).href : storage.url;

/** Writes run.json (mode 600: it holds the key and the passwords), in one step. */
export const writeRunFile = (file: string, run: RunFile): Promise<void> => keep(file, JSON.stringify(run, null, 2));

/** What run.json says, or null where there is none that can be read. */
export async function readRunFile(file: string): Promise<RunFile | null> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}

export const removeRunFile = (file: string): Promise<void> => rm(file, { force: true });
