/** A stream of numbers that one seed decides. */
export interface Random {
  /** A whole number from 0 to `n` - 1. */
  below(n: number): number;
  /** A whole number from `least` to `most`, both of them possible; small ones as likely as large ones. */
  scaled(least: number, most: number): number;
  pick<Value>(values: readonly [Value, ...Value[]]): Value;
  chance(probability: number): boolean;
  bytes(length: number): Buffer;
}

/** The numbers of one file of one series: mulberry32 (Tommy Ettinger), begun with a mix of both. */
export function randomOf(seed: number, number: number): Random {
  let state = mix(mix(seed) ^ number);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number) => Math.floor(next() * n);
  return {
    below,
    scaled: (least, most) => Math.min(most, Math.floor(least * (most / least + 1 / least) ** next())),
    pick: (values) => values[below(values.length)] ?? values[0],
    chance: (probability) => next() < probability,
    bytes: (length) => Buffer.from(Uint8Array.from({ length }, () => below(256))),
  };
}

/** The last steps of MurmurHash3: near seeds give far states. */
function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
