import { CatalogueError } from '../../errors/catalogue-error.ts';

/** The one of this name. Throws NOT_FOUND where this key sees none. Pure. */
export function named<Row extends { name: string }>(what: string, name: string, rows: readonly Row[]): Row {
  const row = rows.find((item) => item.name === name);
  if (!row) throw new CatalogueError('NOT_FOUND', `There is no ${what} of this name.`);
  return row;
}
