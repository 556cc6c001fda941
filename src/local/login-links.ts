import { openDatabase } from '../database/open-database.ts';
import type { Logger } from '../log.ts';
import type { RunFile } from './run-file.ts';

const validMs = 12 * 3_600_000;

/** For each path of the API a link that logs a browser in, once, and leads there. */
export async function loginLinks(run: RunFile, paths: string[], log: Logger): Promise<string[]> {
  const database = await openDatabase({ url: run.database_url, log });
  try {
    const owner = await database.keys.owner(run.api_key);
    if (!owner) throw new Error('the database does not know the API key of run.json');
    const expiresAt = new Date(Date.now() + validMs);
    return await Promise.all(
      paths.map(async (path) =>
        loginUrl(run.api_url, await database.keys.createLogin(owner.keyId, { expiresAt }), path),
      ),
    );
  } finally {
    await database.close();
  }
}

/** Pure. */
export const loginUrl = (apiUrl: string, token: string, next: string): string =>
  `${apiUrl}/login?${new URLSearchParams({ token, next })}`;
