/** What was told of a readiness last, and what the last look found: the reasons why it is not ready, none where it is. */
export interface ReadinessSeen {
  told: readonly string[];
  last: readonly string[];
}

export const readyAtFirst: ReadinessSeen = { told: [], last: [] };

/**
 * Pure: what a look adds, and whether it is to be told. Reasons are believed when two looks running find the same: one alone may be a machine that is
 * busy, or an API that is being started again.
 */
export function seeReadiness(
  { told, last }: ReadinessSeen,
  found: readonly string[],
): ReadinessSeen & { news: boolean } {
  const believed = found.length === 0 || same(found, last);
  const news = believed && !same(found, told);
  return { told: news ? found : told, last: found, news };
}

/** Pure: whether the last look is yet to be confirmed by another. */
export const isInDoubt = ({ told, last }: ReadinessSeen): boolean => !same(told, last);

const same = (some: readonly string[], others: readonly string[]): boolean => some.join('\n') === others.join('\n');
