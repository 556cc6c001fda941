import { homeIn } from './clean-environment.ts';
import { needProgram } from './find-program.ts';
import { needFile, takeFolder } from './hand-over.ts';
import { prlimitArgs } from './prlimit-args.ts';
import type { Sandbox, ToolAccess } from './sandbox.ts';
import { setprivArgs } from './setpriv-args.ts';

/** As the user that we are, within limits. */
export const limitsSandbox = ({ lacks, memory }: { lacks: string; memory: boolean }): Sandbox => ({
  level: 'limits',
  lacks,
  async confine({ path, args }, access) {
    const limits = prlimitArgs(access.limits, { ownUser: false, memory });
    const [setpriv = '', ...rest] = [...setprivArgs({ dies: true }), ...limits, await needProgram(path), ...args];
    return { path: setpriv, args: rest, ...(await unhindered(access)), diesWithParent: true };
  },
});

/** Nothing but a clean environment. */
export const noSandbox = (lacks: string): Sandbox => ({
  level: 'none',
  lacks,
  confine: async ({ path, args }, access) => ({ path, args, ...(await unhindered(access)), diesWithParent: false }),
});

async function unhindered({ reads, folder }: ToolAccess) {
  for (const file of reads) await needFile(file);
  return {
    environment: homeIn(folder),
    inherit: [],
    over: async () => (folder === null ? null : takeFolder(folder, null)),
  };
}
