import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { basename, delimiter, isAbsolute, join, resolve } from 'node:path';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { cleanEnvironment } from './clean-environment.ts';

/** Where a program is: of a bare name the first in the folders of PATH, links followed. Null where there is none. */
export async function findProgram(program: string): Promise<string | null> {
  const { PATH = '' } = cleanEnvironment();
  const places = program.includes('/')
    ? [resolve(program)]
    : PATH.split(delimiter)
        .filter(isAbsolute)
        .map((folder) => join(folder, program));
  for (const place of places) {
    const file = await executable(place);
    if (file !== null) return file;
  }
  return null;
}

async function executable(path: string): Promise<string | null> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile() ? await realpath(path) : null;
  } catch {
    return null;
  }
}

/** As `findProgram`. Rejects with PROCESS_FAILED where there is none. */
export async function needProgram(program: string): Promise<string> {
  const found = await findProgram(program);
  if (found === null) throw new CatalogueError('PROCESS_FAILED', `${basename(program)} could not be started`);
  return found;
}
