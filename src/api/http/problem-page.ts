import { htmlPage, marked } from './html-page.ts';
import type { Problem } from './problem.ts';

const page = htmlPage('problem.html');
const listPage = htmlPage('problems.html');

/** What a page about an error says, from the top down. */
interface PageWords extends Readonly<Record<'code' | 'lead' | 'advice' | 'again' | 'note', string>> {
  /** What only an operator can do. */
  operators?: string | undefined;
}

/** The page of an error, its words escaped. Pure. */
export function errorPage({ operators, ...words }: PageWords): string {
  const parts = Object.entries(words).map(([name, text]) => [name, marked(text)]);
  const more = operators
    ? `      <section class="operators">\n        <h2>For operators</h2>\n        <p>${marked(operators)}</p>\n      </section>`
    : '';
  return page(`${words.code} · Reelmill`, { ...Object.fromEntries(parts), more });
}

/** The page that lists error codes, each with its HTTP status and its cause. Pure. */
export function codesPage(codes: readonly { code: string; status: number; cause: string }[]): string {
  const lines = codes.map(
    ({ code, status, cause }) =>
      `        <li><a href="/problems/${code}"><code>${code}</code><span>${marked(cause)}</span><small>${status}</small></a></li>`,
  );
  return listPage('Error codes · Reelmill', { codes: lines.join('\n') });
}

/** Whether the same can succeed later, in words. Pure. */
export const againWords = (retryable: boolean): string =>
  retryable
    ? 'The same can succeed later, as it is: try again.'
    : 'The same, unchanged, will not succeed: trying again does not help.';

/** A browser has no header to send a key in. */
const login = {
  advice: 'Open a login link: it logs this browser in.',
  operators: '`reelmill login`, on the machine that runs this server, prints one.',
};

/** A problem as a page, for the eyes of whoever followed a link. Pure. */
export function problemPage({ status, detail, code, hint, operator_hint, retryable, instance }: Problem): string {
  const words = { code, lead: detail, again: againWords(retryable), note: `HTTP ${status} · ${instance}` };
  return errorPage({ ...words, ...(status === 401 ? login : { advice: hint, operators: operator_hint }) });
}
