/** npm passes Ctrl-C on to a program that has had it from the terminal already: two signals within this time are one. */
const sameSignalMs = 1_500;

/**
 * Resolves with the first signal to stop (Ctrl-C, SIGTERM, the terminal closed). Whoever then presses Ctrl-C again is in a
 * hurry: the process ends at once, and what it has started ends with it.
 */
export function stopSignal(hurry: () => void = () => process.exit(1)): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let first: number | undefined;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (first !== undefined && Date.now() - first > sameSignalMs) hurry();
        first ??= Date.now();
        resolve(signal);
      });
    }
  });
}
