/** Somebody who is told of a video's states until he closes. */
export interface Follower<State> {
  /** The newest state since the last one that this gave, as soon as there is one; null after so long without (ms), and once it is closed. */
  next(ms: number): Promise<State | null>;
  close(): void;
}

export interface Topic<State> {
  follow(): Follower<State>;
  /** Something may have changed. */
  wake(): void;
}

/**
 * Reads a state once for all who follow it: when somebody comes, and when something may have changed, then at most once in `pauseMs`. Readings
 * follow upon each other, and each goes to those who were there when it began: nobody sees a state that is older than what he knows. `onEmpty`
 * is called when the last follower has left.
 */
export function createTopic<State>(options: {
  read: () => Promise<State>;
  pauseMs: number;
  onError: (error: unknown) => void;
  onEmpty: () => void;
}): Topic<State> {
  const followers = new Set<{ put(state: State): void }>();
  let wanted = false;
  let running = false;
  let endPause: () => void = () => undefined;

  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, options.pauseMs);
      endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const readOn = async () => {
    running = true;
    while (wanted && followers.size > 0) {
      wanted = false;
      const present = [...followers];
      try {
        const state = await options.read();
        for (const follower of present) follower.put(state);
      } catch (error) {
        options.onError(error);
      }
      await pause();
    }
    running = false;
  };
  const wake = () => {
    wanted = true;
    if (!running) void readOn();
  };

  return {
    wake,
    follow() {
      let latest: { state: State } | null = null;
      let closed = false;
      let arrived: () => void = () => undefined;
      const inbox = {
        put(state: State) {
          latest = { state };
          arrived();
        },
      };
      followers.add(inbox);
      endPause(); // who has just come waits for nobody's pause
      wake();
      return {
        async next(ms) {
          if (!latest && !closed) {
            await new Promise<void>((resolve) => {
              const timer = setTimeout(resolve, ms);
              arrived = () => {
                clearTimeout(timer);
                resolve();
              };
            });
          }
          const given = latest;
          latest = null;
          return closed ? null : (given?.state ?? null);
        },
        close() {
          if (closed) return;
          closed = true;
          followers.delete(inbox);
          arrived();
          if (followers.size === 0) {
            endPause();
            options.onEmpty();
          }
        },
      };
    },
  };
}
