/**
 * Reads once, by id, what is committed and stays as it is; what was not there yet (null) or could not be read is asked for again. The oldest of
 * more than `most` goes first.
 */
export function keepRead<T>(most: number, read: (id: string) => Promise<T>): (id: string) => Promise<T> {
  const kept = new Map<string, Promise<T>>();
  return (id) => {
    const known = kept.get(id);
    if (known) return known;
    const reading = read(id);
    kept.set(id, reading);
    const forget = () => kept.delete(id);
    reading.then((found) => found === null && forget(), forget);
    const [oldest] = kept.keys();
    if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    return reading;
  };
}
