/** Code points: as many as a file's name has bytes on most systems. In UTF-8 at most four times as many bytes. */
export const longestName = 255;
/** Code points of a sentence: what was found in a file, why something failed. */
export const longestSentence = 2_000;

/**
 * What a stranger wrote (a file's name, a tag, the last words of a tool) as one line that may be shown: in NFC, with nothing that controls a
 * terminal, cannot be seen or turns text round, white space folded, at most `most` code points. Empty where nothing is left. It stays text:
 * whoever shows it in HTML or XML escapes it. Done twice it is the same. Pure.
 */
export function displayName(text: string, most = longestName): string {
  // 10 MB are not read for a line; 16 units are more than one code point of a name takes, and what is dropped around it.
  const seen = settled(withoutUnseen(text.slice(0, 16 * most).normalize('NFC')));
  return shortened(seen.replace(/[\s\u2800]+/gu, ' ').trim(), most);
}

/** Without joiners and marks in excess. What one of these takes away lets a letter and its mark become one, which another then sees anew. */
function settled(text: string): string {
  const next = withoutJoiners(text.normalize('NFC')).replace(manyMarks, '$1').normalize('NFC');
  return next === text ? text : settled(next);
}

/** At most so many code points; cut between what a reader sees as letters (UAX 29), where that costs no more than a few. */
function shortened(text: string, most: number): string {
  const points = [...text];
  if (points.length <= most) return text;
  const head = points.slice(0, most).join('');
  const start = letters.segment(points.slice(0, most + 1).join('')).containing(head.length)?.index ?? head.length;
  return (start > 0 && head.length - start <= longestLetter ? head.slice(0, start) : head).replace(loose, '');
}

/** What joins or parts letters, with nothing behind it any more. */
const loose = /(?:\s|\u200c|\u200d)+$/u;
const letters = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** UTF-16 units of one letter that are given up. */
const longestLetter = 32;

/**
 * Controls and line ends part words, the rest leaves no trace: Unicode's Bidi_Control and Default_Ignorable_Code_Point (UAX 44: zero width, byte
 * order mark, tags …), annotations, halves of surrogate pairs, and code points that are no characters (XML has no way to write them).
 */
const withoutUnseen = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/(?!\u200c|\u200d|\ufe0e|\ufe0f)[\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/gu, '')
    .replace(/[\ufff9-\ufffb\p{Cs}\p{Noncharacter_Code_Point}]/gu, '');

/** Joiners and variation selectors stay where scripts and emoji need them (UAX 31, 2.3); anywhere else they make two names look alike. */
const withoutJoiners = (text: string): string =>
  text.replace(/(?<!\p{Emoji})[\ufe0e\ufe0f]/gu, '').replace(strayJoiner, '');

const joined =
  '\\p{M}\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Mongolian}\\p{Extended_Pictographic}\\p{Emoji_Modifier}';
const strayJoiner = new RegExp(
  `(?<![${joined}])[\\u200c\\u200d]|[\\u200c\\u200d](?![\\p{L}\\p{M}\\p{Extended_Pictographic}])`,
  'gu',
);

/** Marks without end over one letter cover the lines above it. */
const manyMarks = /(\p{M}{8})\p{M}+/gu;
