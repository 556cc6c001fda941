/** Ticks that come one by one, eight bytes each: a list of objects or boxed numbers would grow to gigabytes over a day of frames. */
export interface TickList {
  readonly length: number;
  push(tick: number): void;
  /** The last one that was pushed. */
  last(): number | undefined;
  /** All of them, in a new array. */
  toArray(): Float64Array;
}

const chunkLength = 8_192;

/** An empty list. It grows by chunks, so that nothing is allocated on the word of a header. */
export function tickList(): TickList {
  const full: Float64Array[] = [];
  let chunk = new Float64Array(chunkLength);
  let used = 0;
  return {
    get length() {
      return full.length * chunkLength + used;
    },
    push(tick) {
      if (used === chunkLength) {
        full.push(chunk);
        chunk = new Float64Array(chunkLength);
        used = 0;
      }
      chunk[used++] = tick;
    },
    last: () => chunk[used - 1],
    toArray() {
      const all = new Float64Array(full.length * chunkLength + used);
      for (const [position, part] of full.entries()) all.set(part, position * chunkLength);
      all.set(chunk.subarray(0, used), full.length * chunkLength);
      return all;
    },
  };
}

/** Whether this tick is one of the ascending ones. */
export const holdsTick = (ticks: Float64Array, tick: number): boolean => ticks[countBefore(ticks, tick)] === tick;

/** How many of the ascending ticks lie before this one. */
export function countBefore(ticks: Float64Array, tick: number): number {
  let low = 0;
  let high = ticks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ticks[middle] ?? Number.POSITIVE_INFINITY) < tick) low = middle + 1;
    else high = middle;
  }
  return low;
}
