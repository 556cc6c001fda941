import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

/** What a player of one rendition fetches: its init and all its media segments, joined. */
export interface FetchedRendition {
  uri: string;
  bytes: Buffer;
  segments: number;
}

/** Plays an HLS master as far as HTTP goes: every list, and every segment that a list names. Rejects where one is not there. */
export async function fetchHls(master: string): Promise<FetchedRendition[]> {
  const lines = (await fetchText(master)).split('\n');
  const variants = lines.filter((line) => line && !line.startsWith('#'));
  const others = lines.flatMap((line) => /^#EXT-X-MEDIA:.*URI="([^"]+)"/.exec(line)?.[1] ?? []);
  const renditions: FetchedRendition[] = [];
  for (const uri of new Set([...variants, ...others])) {
    const list = new URL(uri, master).href;
    const text = await fetchText(list);
    const init = /#EXT-X-MAP:URI="([^"]+)"/.exec(text)?.[1];
    const segments = text.split('\n').filter((line) => line && !line.startsWith('#'));
    const pieces = await Promise.all(
      [...(init ? [init] : []), ...segments].map((name) => fetchBytes(new URL(name, list).href)),
    );
    renditions.push({ uri, bytes: Buffer.concat(pieces), segments: segments.length });
  }
  return renditions;
}

async function fetchBytes(url: string): Promise<Buffer> {
  const response = await fetch(url);
  if (!response.ok || !response.body) throw new Error(`${response.status}: ${url}`);
  return buffer(Readable.from(response.body));
}

const fetchText = async (url: string): Promise<string> => String(await fetchBytes(url));
