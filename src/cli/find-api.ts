import { readConfig } from '../config.ts';
import { homeAt } from '../local/home.ts';
import { homeOwner } from '../local/home-lock.ts';
import { readRunFile, storageRootOf } from '../local/run-file.ts';
import { type ApiClient, createApiClient } from './api-client.ts';
import { ServiceMissing, UsageError } from './exit-codes.ts';

export interface FoundApi {
  api: ApiClient;
  /** Null where the API is not one of this machine. */
  storageRoot: string | null;
}

/** The API to talk to: that of REELMILL_API_URL and REELMILL_API_KEY, else the one that `reelmill up` runs in this home. */
export async function findApi(): Promise<FoundApi> {
  const config = readConfig();
  const home = homeAt(config.REELMILL_HOME);
  const run = (await homeOwner(home.lockFile)) && (await readRunFile(home.runFile));
  const url = config.REELMILL_API_URL?.replace(/\/+$/, '') ?? run?.api_url;
  if (!url) {
    throw new ServiceMissing('no API: start "reelmill up", or set REELMILL_API_URL and REELMILL_API_KEY');
  }
  const own = run?.api_url === url ? run : null;
  const key = config.REELMILL_API_KEY ?? own?.api_key;
  if (!key) throw new UsageError(`set REELMILL_API_KEY: the API at ${url} is not the one of ${home.root}`);
  return { api: createApiClient({ url, key }), storageRoot: own && storageRootOf(own) };
}
