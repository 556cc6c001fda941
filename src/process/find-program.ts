import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { basename, delimiter, isAbsolute, join, resolve } from 'node:path';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { cleanEnvironment } from './clean-environment.ts';

/** Where a program is: of a bare name the first in the folders of PATH, links followed. Null where there is none. */
export async function findProgram(program: string): Promise<string | null> {
  const place = await findPlace(program);
  return place === null ? null : realpath(place);
}

async function findPlace(program: string): Promise<string | null> {
  const { PATH = '' } = cleanEnvironment();
  const places = program.includes('/')
    ? [resolve(program)]
    : PATH.split(delimiter)
        .filter(isAbsolute)
        .map((folder) => join(folder, program));
  for (const place of places) {
    if (await isExecutable(place)) return place;
  }
  return null;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** As `findProgram`. Rejects with TOOL_UNAVAILABLE where there is none. */
export async function needProgram(program: string): Promise<string> {
  const found = await findProgram(program);
  if (found === null) throw notThere(program);
  return found;
}

/** Where it is by the name that it has there: what starts many programs (snap, busybox) tells them by that. Rejects as `needProgram`. */
export async function needPlace(program: string): Promise<string> {
  const place = await findPlace(program);
  if (place === null) throw notThere(program);
  return place;
}

const notThere = (program: string) =>
  new CatalogueError('TOOL_UNAVAILABLE', `${basename(program)} could not be started: it is not there`);

/** Programs that a level of confinement is made of. */
const packages = { bwrap: 'bubblewrap', prlimit: 'util-linux', setpriv: 'util-linux' } as const;
type Confiner = keyof typeof packages;

/** Paths of these programs. Rejects in words that name each that is missing, and its package. */
export async function needConfiners<Name extends Confiner>(names: readonly Name[]): Promise<Record<Name, string>> {
  const found = await Promise.all(names.map(async (name) => [name, await findProgram(name)] as const));
  const missing = found.flatMap(([name, path]) => (path === null ? [sayMissing(name)] : []));
  if (missing.length > 0) throw new Error(missing.join('; '));
  return Object.fromEntries(found) as Record<Name, string>;
}

const sayMissing = (name: Confiner): string =>
  name === 'bwrap' ? 'bubblewrap is not installed' : `${name} (of ${packages[name]}) is not installed`;
