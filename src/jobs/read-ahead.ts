/**
 * Does a thing for every item and gives the results in the items' order, at most `limit` of them begun and not yet taken: the next ones
 * come while one is worked on, and memory holds no more. Rejects with the first error in that order, once what was begun has ended;
 * nothing more is begun then, after the signal's abort, or where the reader stops.
 */
export async function* readAhead<Item, Result>(
  items: Iterable<Item>,
  { limit, signal }: { limit: number; signal: AbortSignal },
  act: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const begun: Promise<Result>[] = [];
  const waiting = items[Symbol.iterator]();
  const begin = () => {
    signal.throwIfAborted();
    const { done, value } = waiting.next();
    if (done) return;
    const result = act(value);
    result.catch(() => {}); // it is told where it is its turn
    begun.push(result);
  };
  try {
    while (begun.length < limit) {
      const before = begun.length;
      begin();
      if (begun.length === before) break;
    }
    for (let next = begun.shift(); next; next = begun.shift()) {
      const result = await next;
      begin();
      yield result;
    }
  } finally {
    await Promise.allSettled(begun);
  }
}
