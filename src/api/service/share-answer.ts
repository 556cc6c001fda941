/**
 * `ask`, which is not asked again while it is being answered, nor for `ms` after it has answered: all who come meanwhile get the same
 * answer. One that rejects is not kept.
 */
export function shareAnswer<Answer>(
  ask: () => Promise<Answer>,
  { ms, now = Date.now }: { ms: number; now?: () => number },
): () => Promise<Answer> {
  let shared: Promise<Answer> | null = null;
  let until = Number.POSITIVE_INFINITY;
  return () => {
    if (shared && now() < until) return shared;
    until = Number.POSITIVE_INFINITY;
    const asked = ask();
    shared = asked;
    asked.then(
      () => {
        until = now() + ms;
      },
      () => {
        shared = null;
      },
    );
    return asked;
  };
}
