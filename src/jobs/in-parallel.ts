/**
 * Does a thing for every item, at most `limit` at once, and gives the results in the items' order. Rejects with the first
 * error, once what was begun has ended; nothing more is begun then, or after the signal's abort.
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  options: { limit: number; signal: AbortSignal },
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  let failed = false;
  const lane = async () => {
    while (next < items.length && !failed) {
      options.signal.throwIfAborted();
      const position = next++;
      const item = items[position];
      if (item === undefined) continue;
      try {
        results[position] = await act(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(options.limit, items.length) }, lane));
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
  return results;
}
