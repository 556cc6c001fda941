import { CatalogueError } from '../../errors/catalogue-error.ts';

/** Counts the answers that are held open. */
export interface Seats {
  /** Takes one and gives what leaves it (more than once does nothing). Throws RATE_LIMITED where a key, or this process, holds all that it may. */
  take(keyId: string): () => void;
  readonly taken: number;
}

/** `perKey`: of one API key, whoever uses it; `all`: of this process. 0: no limit. */
export function createSeats({ perKey, all }: { perKey: number; all: number }): Seats {
  const ofKeys = new Map<string, number>();
  let taken = 0;
  return {
    get taken() {
      return taken;
    },
    take(keyId) {
      const ofKey = ofKeys.get(keyId) ?? 0;
      if (perKey > 0 && ofKey >= perKey) {
        throw new CatalogueError(
          'RATE_LIMITED',
          `This key holds ${ofKey} streams and waits open, and may hold no more.`,
        );
      }
      if (all > 0 && taken >= all) {
        throw new CatalogueError('RATE_LIMITED', 'This server holds as many streams and waits open as it can.');
      }
      taken += 1;
      ofKeys.set(keyId, ofKey + 1);
      let left = false;
      return () => {
        if (left) return;
        left = true;
        taken -= 1;
        const rest = (ofKeys.get(keyId) ?? 1) - 1;
        if (rest > 0) ofKeys.set(keyId, rest);
        else ofKeys.delete(keyId);
      };
    },
  };
}
