import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { probe } from '../../../src/jobs/probe.job.ts';
import { bytesOf } from '../../support/byte-source.ts';
import { builds } from '../../support/clips.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { box, fullBox, join as joined, u32 } from '../../support/mp4-boxes.ts';

const depth = 100_000;
const ftyp = box('ftyp', bytesOf('isom\0\0\x02\0isom'));
const mdat = box('mdat', new Uint8Array(100).fill(7));

/** The outer box, and in it `depth` others, each of them in the one before. */
function nested(outer: string, inner: string): Uint8Array {
  const bytes = Buffer.alloc(8 * depth);
  for (let level = 0; level < depth; level += 1) {
    bytes.writeUInt32BE(bytes.length - 8 * level, 8 * level);
    bytes.write(level === 0 ? outer : inner, 8 * level + 4, 'latin1');
  }
  return bytes;
}

/** A movie of one track of JPEG whose tables say that there are so many pictures. */
function claiming(pictures: number): Uint8Array {
  const jpeg = box('mjpg', new Uint8Array(24), new Uint8Array([0, 64, 0, 36]), new Uint8Array(50));
  const stbl = box(
    'stbl',
    fullBox('stsd', 0, 0, u32(1), jpeg),
    fullBox('stts', 0, 0, u32(1, pictures, 1)),
    fullBox('stsc', 0, 0, u32(1, 1, pictures, 1)),
    fullBox('stsz', 0, 0, u32(1, pictures)),
    fullBox('stco', 0, 0, u32(1, 40)),
  );
  const minf = box('minf', box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1))), stbl);
  const mdhd = fullBox('mdhd', 0, 0, u32(0, 0, 1_000, 1_000, 0));
  const hdlr = fullBox('hdlr', 0, 0, u32(0), bytesOf('vide'), new Uint8Array(13));
  const mvhd = fullBox('mvhd', 0, 0, u32(0, 0, 1_000, 1_000), new Uint8Array(80));
  const trak = box('trak', fullBox('tkhd', 0, 3, u32(0, 0, 1), new Uint8Array(68)), box('mdia', mdhd, hdlr, minf));
  return joined(ftyp, mdat, box('moov', mvhd, trak));
}

const element = (id: number[], size: number) => {
  const bytes = Buffer.alloc(id.length + 8);
  bytes.set(id);
  bytes.writeBigUInt64BE((1n << 56n) | BigInt(size), id.length);
  return bytes;
};

/** Matroska whose tags lie in one another. */
function nestedTags(): Uint8Array {
  const simple = [0x67, 0xc8];
  const each = simple.length + 8;
  const tags = Buffer.concat(Array.from({ length: depth }, (_, level) => element(simple, each * (depth - level - 1))));
  const tag = Buffer.concat([element([0x73, 0x73], tags.length), tags]);
  const body = Buffer.concat([
    ...[element([0x12, 0x54, 0xc3, 0x67], tag.length), tag],
    ...[element([0x1f, 0x43, 0xb6, 0x75], 3), Buffer.from([0xe7, 0x81, 0])],
  ]);
  const head = Buffer.concat([element([0x42, 0x82], 4), Buffer.from('webm')]);
  const parts = [element([0x1a, 0x45, 0xdf, 0xa3], head.length), head, element([0x18, 0x53, 0x80, 0x67], body.length)];
  return Buffer.concat([...parts, body]);
}

/** An AVI whose lists lie in one another. */
function nestedLists(): Uint8Array {
  const lists = Buffer.alloc(12 * depth);
  for (let level = 0; level < depth; level += 1) {
    lists.write('LIST', 12 * level, 'latin1');
    lists.writeUInt32LE(lists.length - 12 * level - 8, 12 * level + 4);
    lists.write('hdrl', 12 * level + 8, 'latin1');
  }
  const movi = Buffer.concat([Buffer.from('LIST\x68\0\0\0movi', 'latin1'), Buffer.alloc(100)]);
  const riff = Buffer.from('RIFF\0\0\0\0AVI ', 'latin1');
  riff.writeUInt32LE(4 + lists.length + movi.length, 4);
  return Buffer.concat([riff, lists, movi]);
}

const bad: [name: string, code: RegExp, bytes: () => Uint8Array][] = [
  ['tracks 100,000 deep', /^INPUT_DAMAGED$/, () => joined(ftyp, nested('moov', 'trak'), mdat)],
  ['media 100,000 deep', /^INPUT_DAMAGED$/, () => joined(ftyp, nested('moov', 'mdia'), mdat)],
  ['movies 100,000 deep', /^INPUT_DAMAGED$/, () => joined(ftyp, nested('moov', 'moov'), mdat)],
  ['metadata 100,000 deep', /^INPUT_(?:DAMAGED|NO_VIDEO)$/, () => joined(ftyp, nested('moov', 'meta'), mdat)],
  ['tags 100,000 deep', /^INPUT_(?:DAMAGED|NO_VIDEO)$/, nestedTags],
  ['lists 100,000 deep', /^INPUT_(?:DAMAGED|NO_VIDEO)$/, nestedLists],
  [
    '100,000 tracks',
    /^INPUT_TOO_MANY_STREAMS$/,
    () => joined(ftyp, box('moov', Buffer.alloc(8 * depth, '\0\0\0\x08trak', 'latin1')), mdat),
  ],
  ['tables of 2,147,483,646 pictures', /^INPUT_/, () => claiming(0x7ffffffe)],
];

describe.each(builds)('with $build', ({ tools }) => {
  let context: TestContext;
  beforeAll(async () => {
    context = await createTestContext({ tools: await tools() });
  });
  afterAll(() => context.close());

  test.each(bad)('%s end with a code, soon', async (_, code, bytes) => {
    const path = join(context.root, `${Math.random()}.mp4`);
    await writeFile(path, bytes());
    const given = await context.context(await context.addVideo(path));
    const began = Date.now();
    await expect(probe.run(given)).rejects.toMatchObject({ code: expect.stringMatching(code), permanent: true });
    expect(Date.now() - began).toBeLessThan(10_000);
  });
});
