import type { SeenPictures } from './read-pictures.ts';

/** Without what a decoder shows late, at a time that another frame has: a player shows one of them. */
export function inOrder({ pts, ...source }: SeenPictures): SeenPictures {
  let last = Number.NEGATIVE_INFINITY;
  const kept = pts.map((time) => {
    const later = time > last;
    last = Math.max(last, time);
    return later;
  });
  const isKept = (_: unknown, position: number) => kept[position] === true;
  return {
    ...source,
    ...{ pts: pts.filter(isKept), sums: source.sums.filter(isKept), numbers: source.numbers.filter(isKept) },
  };
}
