/** Remembers a bounded number of keys for a while; the oldest goes first. */
export interface Recent {
  add(key: string, ms: number): void;
  has(key: string): boolean;
  /** Until it is forgotten, ms; 0 where it is not known. */
  msLeft(key: string): number;
  delete(key: string): void;
}

export function createRecent(most: number): Recent {
  const until = new Map<string, number>();
  const msLeft = (key: string) => Math.max(0, (until.get(key) ?? 0) - Date.now());
  return {
    add(key, ms) {
      // Moved to the end: a Map keeps the order of insertion.
      until.delete(key);
      until.set(key, Date.now() + ms);
      const [oldest] = until.keys();
      if (until.size > most && oldest !== undefined) until.delete(oldest);
    },
    has: (key) => msLeft(key) > 0,
    msLeft,
    delete(key) {
      until.delete(key);
    },
  };
}
