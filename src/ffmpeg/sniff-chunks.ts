import { type Judged, shortageOf, shortOf } from './shortage.ts';
import { latin1, viewOf } from './sniff-bytes.ts';
import type { SourceBytes } from './source-bytes.ts';

/** Refuses an AVI that ends before its pictures (`movi`); else tells what is missing of them, in bytes (RIFF, OpenDML 2.0). */
export async function judgeAvi(source: SourceBytes): Promise<Judged> {
  const { size } = source;
  let whole = '';
  let riffEnd = Number.POSITIVE_INFINITY;
  for (let at = 0; at + 12 <= size; ) {
    const bytes = await source.at(at, 12);
    if (bytes === null) return { short: null };
    const name = latin1(bytes.subarray(0, 4));
    const length = viewOf(bytes).getUint32(4, true);
    const end = at + 8 + length;
    if (name === 'RIFF') {
      if (!isPlaceholder(length)) riffEnd = end;
      if (end > size) whole = `: ${shortOf('the AVI', { start: at + 8, end, size })}`;
      at += 12;
    } else if (name === 'LIST' && latin1(bytes.subarray(8, 12)) === 'movi') {
      if (isPlaceholder(length) || end > riffEnd) return { short: null };
      return { short: shortageOf('the list of pictures', { start: at + 8, end, size }) };
    } else if (/^[\x20-\x7e]{4}$/.test(name)) {
      at = end + (end % 2);
    } else {
      return { short: null }; // the probe decides about what is damaged
    }
  }
  return { refused: 'INPUT_TRUNCATED', detail: `The file ends before its first picture${whole}.` };
}

/** What stands for a length until the recording ends; one into a pipe, or that was killed, keeps it. */
const isPlaceholder = (length: number): boolean => length === 0 || length === 0x7fffffff || length >= 0xfffffff0;

/** Objects of the header that say that everything is encrypted (ASF specification, 3.14, 3.15 and 10.8). */
const encryption = [
  'fbb3112223bdd211b4b700a0c955fc6e',
  '14e68a292226174cb935dae07ee9289c',
  '33850543816999e69b74ad12cb86d58c',
];
const dataObject = '3626b2758e66cf11a6d900aa0062ce6c';

/** Refuses an ASF (WMV) that is encrypted or ends within its header; else tells what is missing at its end, in bytes. */
export async function judgeAsf(source: SourceBytes): Promise<Judged> {
  const { size } = source;
  const headerEnd = await objectEnd(source, 0);
  if (headerEnd === null || headerEnd > size) {
    const wants = headerEnd === null ? '' : `: ${shortOf('the header', { start: 0, end: headerEnd, size })}`;
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
  return { short: dataEnd === null ? null : shortageOf('its data', { start: headerEnd, end: dataEnd, size }) };
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
