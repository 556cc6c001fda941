import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Problem } from './problem.ts';

const read = (file: string): string => readFileSync(resolve(import.meta.dirname, '../../../web', file), 'utf8');
const template = read('problem.html');
const listTemplate = read('pages/problems.html');

/** What a page about an error says, from the top down. */
type PageWords = Readonly<Record<'code' | 'lead' | 'advice' | 'again' | 'note', string>>;

/** The page of an error, its words escaped. Pure. */
export function errorPage(words: PageWords): string {
  const byName = new Map(Object.entries(words));
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => marked(byName.get(name) ?? ''));
}

/** The page that lists error codes, each with its HTTP status and its cause. Pure. */
export function codesPage(codes: readonly { code: string; status: number; cause: string }[]): string {
  const lines = codes.map(
    ({ code, status, cause }) =>
      `        <li><a href="/problems/${code}"><code>${code}</code><span>${marked(cause)}</span><small>${status}</small></a></li>`,
  );
  return listTemplate.replace('{{codes}}', () => lines.join('\n'));
}

/** Whether the same can succeed later, in words. Pure. */
export const againWords = (retryable: boolean): string =>
  retryable
    ? 'The same can succeed later, as it is: try again.'
    : 'The same, unchanged, will not succeed: trying again does not help.';

/** A problem as a page, for the eyes of whoever followed a link. Pure. */
export function problemPage({ status, detail, code, hint, retryable, instance }: Problem): string {
  const login = '“reelmill login”, on the machine that runs it, prints a link that logs this browser in.';
  return errorPage({
    ...{ code, lead: detail, advice: status === 401 ? login : hint },
    ...{ again: againWords(retryable), note: `HTTP ${status} · ${instance}` },
  });
}

/** Escaped, with what stands between backticks as code. */
const marked = (text: string): string => escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>');

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
