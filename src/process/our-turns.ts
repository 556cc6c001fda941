import { createFolderTurns } from './folder-turns.ts';
import { takeFolder } from './take-folder.ts';

/** Of tools that have no user of their own. */
export const ourTurns = createFolderTurns({
  begin: async () => null,
  end: async (_held, folder) => (folder === null ? null : takeFolder(folder, null)),
});
