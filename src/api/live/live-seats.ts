import { CatalogueError } from '../../errors/catalogue-error.ts';

/** Counts the answers that are held open. */
export interface Seats {
  /**
   * Takes one for a client (`callerKey`), who may hold `perKey` of them, or `most`, and gives what leaves it (more than once does nothing).
   * Throws RATE_LIMITED where he, or this process, holds all that it may.
   */
  take(client: string, most?: number): () => void;
  readonly taken: number;
}

/** `perKey`: of one API key, whoever uses it, and of its successors; `all`: of this process. 0: no limit. */
export function createSeats({ perKey, all }: { perKey: number; all: number }): Seats {
  const ofClients = new Map<string, number>();
  let taken = 0;
  return {
    get taken() {
      return taken;
    },
    take(client, most = perKey) {
      const held = ofClients.get(client) ?? 0;
      if (most > 0 && held >= most) {
        throw new CatalogueError(
          'RATE_LIMITED',
          `This key or token holds ${held} streams and waits open, and may hold no more.`,
        );
      }
      if (all > 0 && taken >= all) {
        throw new CatalogueError('RATE_LIMITED', 'This server holds as many streams and waits open as it can.');
      }
      taken += 1;
      ofClients.set(client, held + 1);
      let left = false;
      return () => {
        if (left) return;
        left = true;
        taken -= 1;
        const rest = (ofClients.get(client) ?? 1) - 1;
        if (rest > 0) ofClients.set(client, rest);
        else ofClients.delete(client);
      };
    },
  };
}
