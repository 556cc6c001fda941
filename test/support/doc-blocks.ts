/** A fenced block of a page, and what kind of text it holds. */
export interface DocBlock {
  language: string;
  text: string;
  /** Of its first line on the page. */
  line: number;
}

/** The fenced blocks of a page, in order. Pure. */
export function docBlocks(markdown: string): DocBlock[] {
  return [...markdown.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(({ 1: language = '', 2: text = '', index }) => ({
    language,
    text,
    line: markdown.slice(0, index).split('\n').length + 1,
  }));
}

/** Whether a text is what a page shows: `…` stands for anything. Pure. */
export function fitsShown(shown: string, actual: string): boolean {
  const parts = shown.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(actual);
}

/** Whether a value has all that a page shows of it. Pure. */
export function hasShown(shown: unknown, actual: unknown): boolean {
  if (typeof shown === 'string') return typeof actual === 'string' && fitsShown(shown, actual);
  if (Array.isArray(shown)) {
    return (
      Array.isArray(actual) && shown.length === actual.length && shown.every((each, at) => hasShown(each, actual[at]))
    );
  }
  if (typeof shown !== 'object' || shown === null) return shown === actual;
  if (typeof actual !== 'object' || actual === null) return false;
  return Object.entries(shown).every(([key, value]) => hasShown(value, Reflect.get(actual, key)));
}

/** The lines of a page that a text lacks: each must come after the one before. Pure. */
export function missingLines(shown: string, actual: string): string[] {
  const lines = actual.split('\n');
  let at = 0;
  return shown
    .split('\n')
    .filter(Boolean)
    .filter((line) => {
      const found = lines.findIndex((each, index) => index >= at && fitsShown(line, each));
      if (found >= 0) at = found + 1;
      return found < 0;
    });
}
