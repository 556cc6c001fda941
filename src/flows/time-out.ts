import { CatalogueError } from '../errors/catalogue-error.ts';

/** Rejects with SERVICE_UNAVAILABLE where `work` takes longer. The work itself goes on: give only what may be repeated. */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new CatalogueError('SERVICE_UNAVAILABLE', `${what}: no answer in ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
