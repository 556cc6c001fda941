import { expect, test } from 'vitest';
import { sniff } from '../../../src/ffmpeg/sniff.ts';
import { bytesOf } from '../../support/byte-source.ts';
import { join } from '../../support/mp4-boxes.ts';

const filled = (length: number) => new Uint8Array(length).fill(0x95);
const bytes = (...values: number[]) => new Uint8Array(values);
const pack2 = bytes(0, 0, 1, 0xba, 0x44, 0, 4, 0, 4, 1, 1, 0x89, 0xc3, 0xf8);
const pack1 = bytes(0, 0, 1, 0xba, 0x21, 0, 1, 0, 1, 0x80, 0x1b, 0x83);
const packet = (id: number, length = 300) => join(bytes(0, 0, 1, id, length >> 8, length & 0xff), filled(length));
const packets = (size: number, number = 8) => {
  const all = filled(size * number);
  for (let at = size === 192 ? 4 : 0; at < all.length; at += size) all[at] = 0x47;
  return all;
};

test.each([
  ['two packs of MPEG-2', join(filled(100), pack2, filled(2_000), pack2), 'mpeg'],
  ['two packs of MPEG-1', join(filled(100), pack1, filled(2_000), pack1), 'mpeg'],
  ['packets alone', join(packet(0xe0), packet(0xe0), packet(0xc0), packet(0xbd)), 'mpeg'],
  ['a program stream cut before a picture', join(bytes(0, 0, 1, 0xb3), filled(99), pack2, packet(0xe0), pack2), 'mpeg'],
  ['a program stream cut in its sound', join(bytes(0xff, 0xfb), filled(99), pack2, packet(0xe0), pack2), 'mpeg'],
  [
    'a program stream behind a recorder’s own header',
    join(bytesOf('IMKH'), filled(36), pack2, packet(0xe0), pack2),
    'mpeg',
  ],
  ['MPEG-TS behind a tag', join(bytesOf('ID3\x04\0\0\0\0\0\x0a'), filled(10), packets(188)), 'mpegts'],
  ['MPEG-TS behind a page of anything', join(filled(30_000), packets(188)), 'mpegts'],
  ['M2TS that begins like gzip', join(bytes(0x1f, 0x8b, 8, 0), packets(192).slice(4)), 'mpegts'],
  ['MPEG-TS', packets(188), 'mpegts'],
])('%s is opened', (_, head, demuxer) => {
  expect(sniff(head)).toEqual({ demuxer });
});

test.each([
  ['one pack', join(filled(100), pack2, filled(2_000)), /no known kind/],
  [
    'packs without their marker bits',
    join(filled(9), bytes(0, 0, 1, 0xba, 0, 0), bytes(0, 0, 1, 0xba, 0, 0)),
    /no known kind/,
  ],
  ['three packets that lead nowhere', join(packet(0xe0), packet(0xe0), packet(0xe0)), /no known kind/],
  ['raw MPEG video', join(bytes(0, 0, 1, 0xb3), filled(2_000), bytes(0, 0, 1, 0xb8)), /raw MPEG video/],
  ['raw H.264', join(bytes(0, 0, 1, 0x67), filled(2_000)), /raw H\.264/],
  ['gzip', join(bytes(0x1f, 0x8b, 8, 0), filled(2_000)), /gzip/],
  ['a ZIP archive that holds MPEG-TS as it is', join(bytesOf('PK\x03\x04'), filled(40), packets(188)), /ZIP/],
  ['a tar archive that holds MPEG-TS', join(filled(257), bytesOf('ustar'), filled(250), packets(188)), /tar/],
])('%s stays what it is', (_, head, detail) => {
  expect(sniff(head)).toMatchObject({
    refused: expect.stringMatching(/^INPUT_/),
    detail: expect.stringMatching(detail),
  });
});
