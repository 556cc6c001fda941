/** What holds a tool back, strongest first. Each level holds what the ones behind it hold. */
export const sandboxLevels = ['bwrap', 'uid', 'limits', 'none'] as const;
export type SandboxLevel = (typeof sandboxLevels)[number];

/** What one process may take of the machine. */
export interface ToolLimits {
  /** Memory that it may write, bytes. */
  memoryBytes: number;
  /** CPU time, s. */
  cpuSeconds: number;
  /** Largest file that it may write, bytes. */
  fileBytes: number;
  /** Processes and threads, where it has a uid of its own. */
  processes: number;
  openFiles: number;
}

/** What a tool may touch beside its own program: all else does not exist for it, or is closed to it. Absolute paths. */
export interface ToolAccess {
  /** Files that it may read. Read at every start: a job fetches one file after the other. */
  reads: ReadonlySet<string>;
  /** The one folder that it may read and write in; null: none. */
  folder: string | null;
  limits: ToolLimits;
}

export interface Command {
  path: string;
  args: string[];
}

/** A command as it is to be started once, and what is to be done when it is over. */
export interface ConfinedCommand extends Command {
  /** All that it sees beside `cleanEnvironment` and the options of its start. */
  environment: Record<string, string>;
  /** Open files that it finds as its descriptors 3, 4, … */
  inherit: number[];
  /** The kernel ends it when our process dies. */
  diesWithParent: boolean;
  /**
   * To be called once, when it has ended or could not be started: ends what it left running, takes its files back and closes `inherit`. Gives
   * the name of what it left in its folder that is no plain file or folder (a link, a FIFO: removed, nobody may follow it), or null. Of several in
   * one folder the last tells, once none can change it any more. Rejects as `takeFolder`.
   */
  over(): Promise<string | null>;
}

/** The one port for what confines tools: found once for a process (`open-sandbox.ts`), applied by `run-process.ts`. */
export interface Sandbox {
  readonly level: SandboxLevel;
  /** Why it is no stronger, in words for an operator; null at `bwrap`. */
  readonly lacks: string | null;
  /** The command as it is to be started, in this working folder. Rejects with NOT_FOUND where a file of `access` is not there. */
  confine(command: Command & { cwd?: string | undefined }, access: ToolAccess): Promise<ConfinedCommand>;
}

/** A sandbox, and what one job's tools may touch in it. */
export interface Confinement {
  sandbox: Sandbox;
  access: ToolAccess;
}
