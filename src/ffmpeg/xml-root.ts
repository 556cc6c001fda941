/**
 * The name of the root of an XML or HTML document, in small letters and without its namespace; null where the text does not begin with one.
 * What may stand before it (XML 1.0, 2.8) is passed over, each part once.
 */
export function xmlRoot(text: string): string | null {
  let at = 0;
  for (;;) {
    while (/\s/.test(text.charAt(at))) at += 1;
    const before = prologue.find(({ opens }) => text.startsWith(opens, at));
    if (!before) break;
    const end = text.indexOf(before.closes, at + before.opens.length);
    if (end < 0) return '';
    at = end + before.closes.length;
  }
  const name = /^<(?:[\w.-]{1,64}:)?([a-z][\w.-]{0,63})[\s/>]/i.exec(text.slice(at, at + 160))?.[1];
  return name?.toLowerCase() ?? (at > 0 && text.trimStart().startsWith('<') ? '' : null);
}

const prologue = [
  { opens: '<?', closes: '?>' },
  { opens: '<!--', closes: '-->' },
  { opens: '<!', closes: '>' },
] as const;
