import type { Counter, Quota } from '../../database/rate-limits.ts';

/** A limit that a request was counted for, and what is left of it. */
export interface Counted extends Quota {
  limit: Pick<Counter, 'name' | 'mostAMinute'>;
}

/**
 * The headers of an answer that was counted, of each limit that counts it (draft-ietf-httpapi-ratelimit-headers-10: lists of structured
 * fields): `q` requests in `w` seconds; `r` are left, and after `t` seconds all are there again. Where one refuses, Retry-After says when
 * the last of those that refuse lets it pass: at least 1 s, as less would be asked again at once. Pure.
 */
export function rateLimitHeaders(counted: readonly Counted[]): Record<string, string> {
  const refused = counted.filter(({ allowed }) => !allowed);
  const policies = counted.map(({ limit }) => `"${limit.name}";q=${limit.mostAMinute};w=60`);
  const quotas = counted.map(({ limit, remaining, resetMs }) => `"${limit.name}";r=${remaining};t=${seconds(resetMs)}`);
  return {
    'ratelimit-policy': policies.join(', '),
    ratelimit: quotas.join(', '),
    ...(refused.length > 0 && { 'retry-after': String(Math.max(1, ...refused.map((each) => seconds(each.resetMs)))) }),
  };
}

const seconds = (ms: number): number => Math.ceil(ms / 1_000);
