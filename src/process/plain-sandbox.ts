import { homeIn } from './clean-environment.ts';
import { needPlace } from './find-program.ts';
import { needFile } from './hand-over.ts';
import { ourTurns } from './our-turns.ts';
import { prlimitArgs } from './prlimit-args.ts';
import type { Sandbox, ToolAccess } from './sandbox.ts';
import { setprivArgs } from './setpriv-args.ts';

interface LimitsOptions {
  lacks: string;
  memory: boolean;
  /** Their paths. */
  programs: { prlimit: string; setpriv: string };
}

/** As the user that we are, within limits. */
export const limitsSandbox = ({ lacks, memory, programs }: LimitsOptions): Sandbox => ({
  level: 'limits',
  lacks,
  async confine({ path, args }, access) {
    const limits = prlimitArgs(programs.prlimit, access.limits, { ownUser: false, memory });
    const [setpriv = '', ...rest] = setprivArgs(programs.setpriv, { dies: true });
    const command = [...limits, await needPlace(path), ...args];
    return { path: setpriv, args: [...rest, ...command], ...(await unhindered(access)), diesWithParent: true };
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
    over: (await ourTurns.enter(folder)).leave,
  };
}
