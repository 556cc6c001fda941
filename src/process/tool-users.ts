import { createFolderTurns } from './folder-turns.ts';
import { giveFolder, letRead } from './hand-over.ts';
import type { ToolAccess } from './sandbox.ts';
import { type Owner, takeFolder } from './take-folder.ts';
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

/**
 * Users for the tools of this process, which runs as root: one for all that runs in a folder at a time, so no two jobs share one. The folder is
 * the user's meanwhile, with what lay in it when the first began, and then ours again. `end` is told a user whose last command is over.
 */
export function createToolUsers(us: Owner, { end }: { end(user: number): Promise<void> }): ToolUsers {
  const turns = createFolderTurns<ToolUser>({
    async begin(folder) {
      const user = await takeUser();
      try {
        if (folder !== null) await giveFolder(folder, user.id);
        return user;
      } catch (error) {
        await user.release();
        throw error;
      }
    },
    async end(user, folder) {
      try {
        await end(user.id);
        return folder === null ? null : await takeFolder(folder, us);
      } finally {
        await user.release();
      }
    },
  });

  return {
    async borrow({ reads, folder }) {
      for (const path of reads) await letRead(path);
      const { held, leave } = await turns.enter(folder);
      return { id: held.id, giveBack: leave };
    },
  };
}
