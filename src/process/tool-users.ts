import { giveFolder, letRead, type Owner, takeFolder } from './hand-over.ts';
import type { ToolAccess } from './sandbox.ts';
import { type ToolUser, takeUser } from './take-user.ts';

/** A user for one command. */
export interface BorrowedUser {
  id: number;
  /** As `ConfinedCommand.over`. */
  giveBack(): Promise<string | null>;
}

export interface ToolUsers {
  borrow(access: Pick<ToolAccess, 'reads' | 'folder'>): Promise<BorrowedUser>;
}

interface Holding {
  user: Promise<ToolUser>;
  holders: number;
}

/**
 * Users for the tools of this process, which runs as root: one for all that runs in a folder at a time, so no two jobs share one. The folder is
 * the user's meanwhile, and then ours again. `end` is told a user whose last command is over.
 */
export function createToolUsers(us: Owner, { end }: { end(user: number): Promise<void> }): ToolUsers {
  const holdings = new Map<string, Holding>();

  const letGo = async (key: string, holding: Holding): Promise<boolean> => {
    holding.holders -= 1;
    if (holding.holders > 0) return false;
    holdings.delete(key);
    await end((await holding.user).id);
    return true;
  };

  return {
    async borrow({ reads, folder }) {
      for (const path of reads) await letRead(path);
      const key = folder ?? Symbol().toString() + Math.random();
      const holding = holdings.get(key) ?? { user: takeUser(), holders: 0 };
      holdings.set(key, holding);
      holding.holders += 1;
      const giveBack = async () => {
        const last = await letGo(key, holding);
        // While another tool works in there the folder stays that user's.
        const strange = folder === null ? null : await takeFolder(folder, last ? us : null);
        if (last) (await holding.user).release();
        return strange;
      };
      const { id } = await holding.user;
      if (folder !== null) await giveFolder(folder, id);
      return { id, giveBack };
    },
  };
}
