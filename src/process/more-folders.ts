import { realpathSync } from 'node:fs';
import { delimiter, isAbsolute, resolve } from 'node:path';

/** Folders that every tool may read beside those of the system. */
export interface MoreFolders {
  bound: string[];
  /** Those that are left out, with the reason, in words for an operator. */
  skipped: string[];
}

/**
 * The folders of LD_LIBRARY_PATH and of REELMILL_SANDBOX_READS (both colon separated) that tools may read: absolute ones, and none that holds
 * our home or lies in it, for all videos would be open.
 */
export function moreFolders(
  given: { LD_LIBRARY_PATH?: string | undefined; REELMILL_SANDBOX_READS?: string | undefined },
  home: string | null,
): MoreFolders {
  const named = Object.entries(given).flatMap(([name, value]) => split(value).map((folder) => ({ name, folder })));
  const [bound, skipped]: [Set<string>, Set<string>] = [new Set(), new Set()];
  for (const { name, folder } of named) {
    if (folder === '/') skipped.add(`${name}: / is not bound: it holds everything`);
    else if (home !== null && overlap(truePath(folder), truePath(home)))
      skipped.add(`${name}: ${folder} is not bound: it holds REELMILL_HOME or lies in it`);
    else bound.add(folder);
  }
  return { bound: [...bound], skipped: [...skipped] };
}

const split = (value = ''): string[] =>
  value
    .split(delimiter)
    .filter(isAbsolute)
    .map((folder) => resolve(folder));

const overlap = (one: string, other: string): boolean =>
  `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);

/** Links followed as far as it is there. */
export function truePath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const above = resolve(path, '..');
    return above === path ? path : resolve(truePath(above), path.slice(above === '/' ? 1 : above.length + 1));
  }
}
