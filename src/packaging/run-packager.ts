import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Logger } from '../log.ts';
import { runProcess } from '../process/run-process.ts';
import type { Confinement, Sandbox, ToolAccess } from '../process/sandbox.ts';

/** Runs shaka-packager, as `Ffmpeg` runs ffmpeg. */
export interface Packager {
  readonly version: string;
  /** Resolves with its log. Rejects with PROCESS_FAILED, PROCESS_STALLED, or the signal's reason. */
  run(args: string[], options: { signal: AbortSignal; cwd: string }): Promise<{ log: string }>;
  /** The same packager, which may touch nothing else than this. */
  within(access: ToolAccess): Packager;
}

interface PackagerOptions {
  log: Logger;
  stallTimeoutMs: number;
  /** As of `createFfmpeg`. */
  sandbox?: Sandbox;
}

/** The packager of the npm package, which brings a binary for each platform. Throws SERVICE_UNAVAILABLE where it has none. */
export function createPackager(options: PackagerOptions): Packager {
  return confinedPackager(options, undefined);
}

function confinedPackager(options: PackagerOptions, confinement: Confinement | undefined): Packager {
  const { path, version } = findPackager(process.platform, process.arch);
  return {
    version,
    async run(args, { signal, cwd }) {
      const stall = watchFolder(cwd, options.stallTimeoutMs);
      try {
        const { stderr } = await runProcess(path, args, {
          signal: AbortSignal.any([signal, stall.signal]),
          cwd,
          log: options.log,
          confinement,
        });
        return { log: stderr };
      } finally {
        stall.stop();
      }
    },
    within: (access) => confinedPackager(options, options.sandbox && { sandbox: options.sandbox, access }),
  };
}

/** Path of the binary for a platform, and its version. The names are those of the package's index.js. */
export function findPackager(platform: string, arch: string): { path: string; version: string } {
  const system = { linux: 'linux', darwin: 'osx', win32: 'win' }[platform];
  const known = system && (arch === 'x64' || (arch === 'arm64' && system !== 'win'));
  if (!known) throw new CatalogueError('SERVICE_UNAVAILABLE', `There is no shaka-packager for ${platform}/${arch}.`);
  const require = createRequire(import.meta.url);
  const manifest = require.resolve('shaka-packager/package.json');
  const { version } = z.object({ version: z.string() }).parse(require(manifest));
  return {
    path: join(dirname(manifest), 'bin', `packager-${system}-${arch}${system === 'win' ? '.exe' : ''}`),
    version,
  };
}

/** The packager says nothing while it works; the files that it adds are its progress. Aborts with PROCESS_STALLED without. */
function watchFolder(folder: string, stallTimeoutMs: number): { signal: AbortSignal; stop(): void } {
  const stalled = new AbortController();
  let files = -1;
  let since = Date.now();
  const timer = setInterval(
    async () => {
      const found = await readdir(folder, { recursive: true }).catch(() => []);
      if (found.length !== files) {
        files = found.length;
        since = Date.now();
      } else if (Date.now() - since >= stallTimeoutMs) {
        const seconds = Math.round(stallTimeoutMs / 1000);
        stalled.abort(new CatalogueError('PROCESS_STALLED', `shaka-packager wrote no file for ${seconds} s`));
      }
    },
    Math.max(stallTimeoutMs / 4, 100),
  );
  return { signal: stalled.signal, stop: () => clearInterval(timer) };
}
