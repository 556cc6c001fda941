import { displayName } from '../words/display-name.ts';

/** Codes that name no language: not told, several, none, spoken by nobody that a list knows. */
const noLanguage = ['und', 'mul', 'mis', 'zxx'];

/**
 * The language of a track as a BCP 47 tag, shortest form (`deu`, `ger` and `de` are `de`); null where it is not told or is anything but a
 * tag. ISO 639-2's codes, the bibliographic ones too, are told apart by the locale data of ECMA-402.
 */
export function parseLanguage(tag: string | undefined): string | null {
  // A transport stream names both languages of a track of two: `eng,deu`.
  const [first = ''] = (tag ?? '').toLowerCase().replaceAll('_', '-').split(',');
  if (!/^[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}$/.test(first)) return null;
  const canonical = canonicalLocale(first);
  const language = canonical.slice(0, canonical.search(/-|$/));
  if (!/^[a-z]{2,3}$/.test(language) || noLanguage.includes(language) || /^q[a-t][a-z]$/.test(language)) return null;
  return canonical;
}

function canonicalLocale(tag: string): string {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? '';
  } catch {
    return '';
  }
}

const longestTitle = 100;

/** A title for people to read: never part of a path. Null where nothing is left of it. */
export const parseTitle = (title: string | undefined): string | null => displayName(title ?? '', longestTitle) || null;
