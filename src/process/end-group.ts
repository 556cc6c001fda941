import type { Readable } from 'node:stream';

export interface Ending {
  /** Why we ended it; none where it ended by itself. */
  reason: { thrown: unknown } | undefined;
  /** SIGTERM to the group, SIGKILL a while later. The first reason stays. */
  end(thrown: unknown): void;
  /** Resolves where even SIGKILL does not end it: the kernel holds it (a network disk that is gone), and nobody shall wait for that. */
  readonly stuck: Promise<null>;
  /** The leader is dead: what it left behind in its group goes too. */
  over(): void;
}

interface Leader {
  pid?: number | undefined;
  stdout: Readable;
  stderr: Readable;
  once(event: 'exit', listener: () => void): unknown;
}

/** From SIGKILL on. */
const stuckAfterMs = 30_000;
/** After the leader's death its pipes hold 64 KiB at most, which wait to be read. */
const drainMs = 1_000;

/** The groups that live; one listener for all of them, and none while there are none. */
const endAtExit = new Set<() => void>();
const endAll = () => {
  for (const end of endAtExit) end();
};

/**
 * Ends the group of a process, with the first reason that comes; that reason is what the caller gets. When its leader dies the group dies
 * with it, and a process that has left the group and holds the pipes open is not waited for.
 */
export function endGroup(leader: Leader, killAfterMs: number): Ending {
  const { pid } = leader;
  const timers: NodeJS.Timeout[] = [];
  const kill = (name: 'SIGTERM' | 'SIGKILL') => {
    try {
      if (pid !== undefined) process.kill(-pid, name);
    } catch {
      // ESRCH: the group is gone already
    }
  };
  const killAtExit = () => kill('SIGKILL');
  if (endAtExit.size === 0) process.on('exit', endAll); // execa leaves detached children alone
  endAtExit.add(killAtExit);

  let giveUp = () => {};
  const stuck = new Promise<null>((resolve) => {
    giveUp = () => resolve(null);
  });
  const later = (ms: number, what: () => void) => timers.push(setTimeout(what, ms));

  leader.once('exit', () => {
    kill('SIGKILL');
    // In two steps: where this process was busy, what waits in the pipes is read between them.
    later(drainMs, () =>
      later(drainMs, () => {
        leader.stdout.destroy();
        leader.stderr.destroy();
      }),
    );
  });

  const ending: Ending = {
    reason: undefined,
    stuck,
    end(thrown) {
      if (ending.reason) return;
      ending.reason = { thrown };
      kill('SIGTERM');
      later(killAfterMs, () => {
        kill('SIGKILL');
        later(stuckAfterMs, giveUp);
      });
    },
    over() {
      for (const timer of timers) clearTimeout(timer);
      endAtExit.delete(killAtExit);
      if (endAtExit.size === 0) process.off('exit', endAll);
    },
  };
  return ending;
}
