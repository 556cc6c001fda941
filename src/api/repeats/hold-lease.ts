import type { IdempotentRequests, Lease } from '../../database/idempotency.ts';

/** Keeps a lease ahead of now until it is let go of; `letGo` gives it as it is then, null where it was lost. */
export function holdLease(
  requests: Pick<IdempotentRequests, 'renew'>,
  first: Lease,
  leaseMs: number,
): { letGo(): Promise<Lease | null> } {
  let held: Lease | null = first;
  let renewal: Promise<void> | null = null;
  const timer = setInterval(() => {
    renewal ??= renew().finally(() => {
      renewal = null;
    });
  }, leaseMs / 3);
  timer.unref();

  async function renew(): Promise<void> {
    // Where Postgres does not answer the lease is as it was: the next turn, or the answer itself, will tell.
    if (held) held = await requests.renew(held, leaseMs).catch(() => held);
    if (!held) clearInterval(timer);
  }

  return {
    async letGo() {
      clearInterval(timer);
      // One that is under way moves the lease on, and with it its fence.
      await renewal;
      return held;
    },
  };
}
