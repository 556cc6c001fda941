import type { GoodFile } from './good-files.ts';
import { type MutationName, mutations } from './mutations.ts';
import { mendOggChecksums } from './parts-packets.ts';
import { randomOf } from './random.ts';

/** One file of a series. */
export interface Mutant {
  number: number;
  /** The good file that it comes of. */
  good: string;
  extension: string;
  mutation: MutationName;
  bytes: Buffer;
}

const names = Object.keys(mutations) as [MutationName, ...MutationName[]];
const others = names.filter((name) => name !== 'untouched') as [MutationName, ...MutationName[]];

/** File `number` of series `seed`: the same whenever it is asked for, as long as ffmpeg makes the same good files. */
export function mutantOf(seed: number, number: number, goods: readonly [GoodFile, ...GoodFile[]]): Mutant {
  const random = randomOf(seed, number);
  const good = random.pick(goods);
  const mutation = random.chance(1 / 40) ? 'untouched' : random.pick(others);
  const bytes = Buffer.from(mutations[mutation](good, random, random.pick(goods)));
  const mends = random.chance(0.7);
  if (good.family === 'ogg' && mutation !== 'untouched' && mends) mendOggChecksums(bytes);
  return { number, good: good.name, extension: good.extension, mutation, bytes };
}
