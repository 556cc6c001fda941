import type { Refused } from './sniff.ts';
import { count, latin1, viewOf } from './sniff-bytes.ts';
import type { SourceBytes } from './source-bytes.ts';

/** Refuses an AVI that ends before its pictures (`movi`); else tells what is missing at its end, in bytes (RIFF, OpenDML 2.0). */
export async function judgeAvi(source: SourceBytes): Promise<Refused | { short: string | null }> {
  const { size } = source;
  let short: string | null = null;
  let movie = false;
  for (let at = 0; at + 8 <= size; ) {
    const bytes = await source.at(at, 12);
    if (bytes === null || bytes.length < 12) break;
    const name = latin1(bytes.subarray(0, 4));
    const end = at + 8 + viewOf(bytes).getUint32(4, true);
    if (name === 'RIFF') {
      // A recorder that was stopped has written no length.
      if (end > size && end > at + 8) short = shortOf('the AVI', { body: at + 8, end, size });
      at = movie ? Math.max(end, at + 12) : at + 12;
    } else {
      movie ||= name === 'LIST' && latin1(bytes.subarray(8, 12)) === 'movi';
      if (movie || !/^[\x20-\x7e]{4}$/.test(name)) return { short }; // the probe decides about what is damaged
      at = end + (end % 2);
    }
  }
  const detail = `The file ends before its first picture${short ? `: ${short}` : ''}.`;
  return { refused: 'INPUT_TRUNCATED', detail };
}

/** Objects of the header that say that everything is encrypted (ASF specification, 3.14, 3.15 and 10.8). */
const encryption = [
  'fbb3112223bdd211b4b700a0c955fc6e',
  '14e68a292226174cb935dae07ee9289c',
  '33850543816999e69b74ad12cb86d58c',
];
const dataObject = '3626b2758e66cf11a6d900aa0062ce6c';

/** Refuses an ASF (WMV) that is encrypted or ends within its header; else tells what is missing at its end, in bytes. */
export async function judgeAsf(source: SourceBytes): Promise<Refused | { short: string | null }> {
  const { size } = source;
  const headerEnd = await objectEnd(source, 0);
  if (headerEnd === null || headerEnd > size) {
    const wants = headerEnd === null ? '' : `: ${shortOf('the header', { body: 0, end: headerEnd, size })}`;
    return { refused: 'INPUT_TRUNCATED', detail: `The file ends before its first picture${wants}.` };
  }
  for (let at = 30; at + 24 <= headerEnd; ) {
    const [id, end] = [await idAt(source, at), await objectEnd(source, at)];
    if (id === null || end === null) break;
    if (encryption.includes(id))
      return { refused: 'INPUT_ENCRYPTED', detail: 'The file is encrypted (Windows Media DRM).' };
    at = end;
  }
  const dataEnd = (await idAt(source, headerEnd)) === dataObject ? await objectEnd(source, headerEnd) : null;
  return { short: dataEnd && dataEnd > size ? shortOf('its data', { body: headerEnd, end: dataEnd, size }) : null };
}

/** The GUID of an object, as it stands in the file, in hex. */
async function idAt(source: SourceBytes, at: number): Promise<string | null> {
  const bytes = await source.at(at, 16);
  return bytes?.length === 16 ? Buffer.from(bytes).toString('hex') : null;
}

async function objectEnd(source: SourceBytes, at: number): Promise<number | null> {
  const bytes = await source.at(at + 16, 8);
  const length = bytes?.length === 8 ? Number(viewOf(bytes).getBigUint64(0, true)) : 0;
  return length >= 24 ? at + length : null;
}

const shortOf = (what: string, { body, end, size }: { body: number; end: number; size: number }): string =>
  `${what} wants ${count(end - body)} bytes, of which ${count(size - body)} are there`;
