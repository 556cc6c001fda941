import { readdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Logger } from '../log.ts';
import type { Effort } from '../plan/effort.ts';
import { timeBounds } from '../plan/time-bounds.ts';
import { runProcess } from '../process/run-process.ts';
import type { Confinement, Sandbox, ToolAccess } from '../process/sandbox.ts';

/** Runs shaka-packager, as `Ffmpeg` runs ffmpeg. */
export interface Packager {
  readonly version: string;
  /** Resolves with its log. `effort`: as of `RunOptions`. Rejects as `runProcess`. */
  run(args: string[], options: { signal: AbortSignal; cwd: string; effort?: Effort }): Promise<{ log: string }>;
  /** The same packager, which may touch nothing else than this. */
  within(access: ToolAccess): Packager;
}

interface PackagerOptions {
  log: Logger;
  stallTimeoutMs: number;
  /** As of `createFfmpeg`. */
  sandbox?: Sandbox;
}

/** The packager of the npm package, which brings a binary for each platform. Throws CONFIG_INVALID where it has none. */
export function createPackager(options: PackagerOptions): Packager {
  return confinedPackager(options, undefined);
}

function confinedPackager(options: PackagerOptions, confinement: Confinement | undefined): Packager {
  const { path, version } = findPackager(process.platform, process.arch);
  return {
    version,
    async run(args, { signal, cwd, effort }) {
      let bytes = 0;
      const { stderr } = await runProcess(path, args, {
        signal,
        cwd,
        log: options.log,
        confinement,
        ...timeBounds(effort, { leastMs: options.stallTimeoutMs }),
        boundFor: effort?.of,
        // It says nothing while it works: what it writes is its progress.
        measure: async () => {
          bytes = await bytesIn(cwd);
          return bytes;
        },
        reached: () => ({ words: `after ${bytes} bytes`, facts: { bytes } }),
      });
      return { log: stderr };
    },
    within: (access) => confinedPackager(options, options.sandbox && { sandbox: options.sandbox, access }),
  };
}

/** Path of the binary for a platform, and its version. The names are those of the package's index.js. */
export function findPackager(platform: string, arch: string): { path: string; version: string } {
  const system = { linux: 'linux', darwin: 'osx', win32: 'win' }[platform];
  const known = system && (arch === 'x64' || (arch === 'arm64' && system !== 'win'));
  if (!known) throw new CatalogueError('CONFIG_INVALID', `There is no shaka-packager for ${platform}/${arch}.`);
  const require = createRequire(import.meta.url);
  const manifest = require.resolve('shaka-packager/package.json');
  const { version } = z.object({ version: z.string() }).parse(require(manifest));
  return {
    path: join(dirname(manifest), 'bin', `packager-${system}-${arch}${system === 'win' ? '.exe' : ''}`),
    version,
  };
}

/** Of all files in a folder. One that goes while we look counts for nothing. */
async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name)).catch(() => null))?.size ?? 0;
  }
  return bytes;
}
