export interface Turn<Held> {
  held: Held;
  /** To be called once. Of the last in the folder: what `end` gave; of others null. */
  leave(): Promise<string | null>;
}

export interface FolderTurns<Held> {
  /** null: a turn of its own, in no folder. */
  enter(folder: string | null): Promise<Turn<Held>>;
}

interface Shared<Held> {
  held: Promise<Held>;
  holders: number;
}

/**
 * One beginning and one end for all that works in a folder at a time. `end` goes through what is there by its paths, so nothing that could exchange
 * a folder for a link may run meanwhile: who comes then waits for it.
 */
export function createFolderTurns<Held>(options: {
  begin(folder: string | null): Promise<Held>;
  end(held: Held, folder: string | null): Promise<string | null>;
}): FolderTurns<Held> {
  const turns = new Map<unknown, Shared<Held>>();
  const ends = new Map<unknown, Promise<unknown>>();

  const leave = async (key: unknown, folder: string | null, shared: Shared<Held>): Promise<string | null> => {
    shared.holders -= 1;
    if (shared.holders > 0) return null;
    turns.delete(key);
    const ended = shared.held.then((held) => options.end(held, folder));
    ends.set(
      key,
      ended.then(
        () => ends.delete(key),
        () => ends.delete(key),
      ),
    );
    return ended;
  };

  return {
    async enter(folder) {
      const key: unknown = folder ?? Symbol();
      while (ends.has(key)) await ends.get(key);
      const shared = turns.get(key) ?? { held: options.begin(folder), holders: 0 };
      turns.set(key, shared);
      shared.holders += 1;
      try {
        return { held: await shared.held, leave: () => leave(key, folder, shared) };
      } catch (error) {
        shared.holders -= 1;
        if (turns.get(key) === shared) turns.delete(key);
        throw error;
      }
    },
  };
}
