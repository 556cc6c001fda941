import { latin1, matchesBytes } from './sniff-bytes.ts';

/** By what the archive holds: names of members, which stand at its end again (APPNOTE.TXT, 4.3.12), and the text of `mimetype`. */
const kinds: readonly [holds: RegExp, what: string][] = [
  [/mimetypeapplication\/epub/, 'an e-book (ZIP)'],
  [/mimetypeapplication\/vnd\.oasis\.opendocument/, 'an OpenDocument file (ZIP)'],
  [/AndroidManifest\.xml/, 'an Android app (ZIP)'],
  [/\bPayload\/[^/]{1,80}\.app\//, 'an iOS app (ZIP)'],
  [/\bword\/document\d?\.xml/, 'a Word document (ZIP)'],
  [/\bxl\/workbook\.(?:xml|bin)/, 'an Excel document (ZIP)'],
  [/\bppt\/presentation\.xml/, 'a PowerPoint document (ZIP)'],
  [/\bIndex\/(?:Document|Presentation|Tables?)[\w/.-]{0,40}\.iwa|\bIndex\.zip/, 'an iWork document (ZIP)'],
  [/\bMETA-INF\/MANIFEST\.MF/, 'a Java program (ZIP)'],
];

/** What a ZIP archive is, by its first and last bytes; null where there is none. */
export function describeZip(head: Uint8Array, tail: Uint8Array): string | null {
  const begins = [
    [3, 4],
    [5, 6],
    [7, 8],
  ].some((end) => matchesBytes(head, 0, [0x50, 0x4b, ...end]));
  if (!begins) return null;
  const names = latin1(head) + latin1(tail);
  return kinds.find(([holds]) => holds.test(names))?.[1] ?? 'a ZIP archive';
}
