import { expect, test } from 'vitest';
import { readEvents } from '../../../src/cli/read-events.ts';

async function* chunksOf(text: string, size: number) {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test.each([1, 7, 1_000])('events are read from chunks of %s bytes; hints and comments are none', async (size) => {
  const text =
    'retry: 2000\n\n:\n\nevent: title\nid: 7\ndata: {"title":"Ünï: 🎬"}\n\nevent: end\ndata: {}\n\nevent: cut\ndata: {';
  const events = [];
  for await (const event of readEvents(chunksOf(text, size))) events.push(event);
  expect(events).toEqual([
    { event: 'title', data: { title: 'Ünï: 🎬' } },
    { event: 'end', data: {} },
  ]);
});
