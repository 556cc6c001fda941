import { type GoodFile, titleMark } from './good-files.ts';
import type { Part } from './part.ts';
import { partsOf, writeLength } from './parts.ts';
import type { Random } from './random.ts';

/** Changes a copy of a good file; `other` is a file of any kind to take bytes of. Gives what is left of it, and never more than a few MB. */
export type Mutation = (file: GoodFile, random: Random, other: GoodFile) => Buffer;

/** What is done to files. */
export const mutations = {
  untouched: ({ bytes }) => Buffer.from(bytes),

  'bit flips': ({ bytes }, random) => {
    const copy = Buffer.from(bytes);
    flip(copy, random, { from: 0, to: copy.length, times: random.scaled(1, copy.length / 20) });
    return copy;
  },

  /** Where tables stand: a box, header or index whole of wrong numbers, and the pictures as they were. */
  'flips in one part': (file, random) => {
    const copy = Buffer.from(file.bytes);
    const { start, end } = somePart(file, random);
    flip(copy, random, { from: start, to: end, times: random.scaled(1, 1 + (end - start) / 4) });
    return copy;
  },

  'extreme number': (file, random) => {
    const copy = Buffer.from(file.bytes);
    for (let times = random.scaled(1, 8); times > 0; times--) {
      const { body, end } = somePart(file, random);
      if (end - body < 4) continue;
      const at = body + random.below(end - body - 3);
      copy.writeUInt32BE(random.pick([0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x10000, 0xffff, 0x01000000]), at);
    }
    return copy;
  },

  cut: ({ bytes }, random) => bytes.subarray(0, random.below(bytes.length)),
  'cut at its front': ({ bytes }, random) => bytes.subarray(random.scaled(1, bytes.length)),

  hole: ({ bytes }, random) => {
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random.scaled(1, bytes.length))]);
  },

  zeros: ({ bytes }, random) => {
    const copy = Buffer.from(bytes);
    const at = random.below(copy.length);
    return copy.fill(random.pick([0, 0, 0xff]), at, Math.min(copy.length, at + random.scaled(16, copy.length)));
  },

  splice: ({ bytes }, random, other) =>
    Buffer.concat([
      bytes.subarray(0, random.below(bytes.length)),
      other.bytes.subarray(random.below(other.bytes.length)),
    ]),

  'length field': (file, random) => {
    const copy = Buffer.from(file.bytes);
    for (let times = random.scaled(1, 6); times > 0; times--) {
      const part = somePart(file, random);
      const told = BigInt(part.end - part.start);
      const values = [
        0n,
        1n,
        7n,
        -1n,
        told - 1n,
        told + 1n,
        told * 2n,
        BigInt(random.below(2 ** 32)),
        0x7fffffffn,
      ] as const;
      writeLength(copy, part, random.pick(values));
    }
    return copy;
  },

  'parts again': (file, random) => {
    const { start, end } = somePart(file, random);
    const { bytes } = file;
    const times = Math.min(random.scaled(1, 2_000), Math.ceil(mostBytes / (end - start)));
    const again = Array.from({ length: times }, () => bytes.subarray(start, end));
    return Buffer.concat([bytes.subarray(0, end), ...again, bytes.subarray(end)]);
  },

  'parts in another order': (file, random) => {
    let copy = Buffer.from(file.bytes);
    for (let times = random.scaled(1, 8); times > 0; times--) {
      const one = somePart(file, random);
      const two = somePart(file, random);
      const [a, b] = one.start < two.start ? [one, two] : [two, one];
      if (a.end > b.start) continue; // one holds the other
      const pieces: [number, number][] = [
        [0, a.start],
        [b.start, b.end],
        [a.end, b.start],
        [a.start, a.end],
        [b.end, copy.length],
      ];
      copy = Buffer.concat(pieces.map(([from, to]) => copy.subarray(from, to)));
      if (a.end - a.start !== b.end - b.start) break; // what lies between has moved
    }
    return copy;
  },

  'parts in parts': (file, random) => {
    const part = somePart(file, random);
    const { bytes } = file;
    const head = bytes.subarray(part.start, part.body);
    const depth = Math.min(random.scaled(2, 20_000), Math.ceil(mostBytes / head.length));
    const heads = Array.from({ length: depth }, (_, level) => {
      const copy = Buffer.from(head);
      const inner = (depth - level - 1) * head.length + (part.end - part.body);
      const told = file.family === 'boxes' ? inner + head.length : inner;
      const { at, ...form } = part.length;
      if (at < part.body) writeLength(copy, { ...part, length: { at: at - part.start, ...form } }, BigInt(told));
      return copy;
    });
    return Buffer.concat([bytes.subarray(0, part.start), ...heads, bytes.subarray(part.body)]);
  },

  'random tail': ({ bytes }, random, other) =>
    Buffer.concat([
      bytes,
      random.pick([random.bytes(random.scaled(1, 100_000)), other.bytes, Buffer.alloc(random.scaled(1, 2 ** 20))]),
    ]),

  'hostile text': ({ bytes }, random) => {
    const copy = Buffer.from(bytes);
    const text = Buffer.from(random.pick(hostileTexts), 'latin1');
    let at = copy.indexOf(titleMark);
    if (at < 0) at = random.below(copy.length);
    for (let to = at; to < Math.min(copy.length, at + titleMark.length); to += text.length) text.copy(copy, to);
    return copy;
  },
} satisfies Record<string, Mutation>;

export type MutationName = keyof typeof mutations;

const mostBytes = 300_000;

const hostileTexts = [
  '../../../../',
  '\x1b[2J\x1b]0;mine\x07',
  '<script>alert(1)</script>',
  '\0\0\0\0',
  '\xff\xfe\xc0\x80',
  '%s%n%x',
  '\r\nSet-Cookie: a=b\r\n',
] as const;

function somePart({ family, bytes }: GoodFile, random: Random): Part {
  const parts = partsOf(family, bytes);
  const whole: Part = { start: 0, end: bytes.length, body: 8, length: { at: 0, bytes: 4, form: 'be' }, depth: 0 };
  return parts[random.below(parts.length)] ?? whole;
}

function flip(copy: Buffer, random: Random, { from, to, times }: { from: number; to: number; times: number }): void {
  for (let left = times; left > 0; left--) {
    const at = from + random.below(to - from);
    copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
  }
}
