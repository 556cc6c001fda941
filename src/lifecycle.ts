/** What a process has opened, closed in reverse order. */
export interface Closers {
  push(name: string, close: () => Promise<unknown> | unknown): void;
  /** Closes everything, last opened first; the first error is thrown after the rest has been closed. May be called twice. */
  closeAll(): Promise<void>;
}

export function createClosers(): Closers {
  const stack: { name: string; close: () => Promise<unknown> | unknown }[] = [];
  return {
    push: (name, close) => void stack.push({ name, close }),
    async closeAll() {
      let first: { error: unknown } | undefined;
      for (let closer = stack.pop(); closer; closer = stack.pop()) {
        try {
          await closer.close();
        } catch (error) {
          first ??= { error: new Error(`closing ${closer.name}`, { cause: error }) };
        }
      }
      if (first) throw first.error;
    },
  };
}

/** Calls `stop` once at the first SIGTERM or SIGINT; a second signal ends the process at once. */
export function onShutdown(stop: (signal: NodeJS.Signals) => Promise<void>): void {
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      stop(signal).then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`${String(error)}\n`);
          process.exit(1);
        },
      );
    });
  }
}

/** Tells the process that started this one (if any) that it is ready, with facts such as the URL it serves. */
export function announceReady(facts: Record<string, unknown> = {}): void {
  process.send?.({ ready: true, ...facts });
}

/** Tells the process that started this one (if any) that it can never run as it is set up. Resolves when that is said. */
export async function announceRefusal(reason: string): Promise<void> {
  const { send } = process;
  if (send && process.connected) await new Promise((resolve) => send.call(process, { refused: reason }, resolve));
}
