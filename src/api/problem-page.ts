import type { Problem } from './problem.ts';

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? '');

/** A problem as a page, for the eyes of whoever followed a link. Pure; all that it quotes is escaped. */
export function problemPage({ title, status, detail, code, hint, instance }: Problem): string {
  const advice =
    status === 401 ? '“reelmill login”, on the machine that runs it, prints a link that logs this browser in.' : hint;
  const lines = [detail, advice].map((line) => `<p>${escaped(line)}</p>`).join('\n');
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title>
<style>body { font: 1rem/1.5 sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem }</style>
<h1>${escaped(title)}</h1>
${lines}
<p><small>${escaped(`${status} ${code} · ${instance}`)}</small></p>
</html>
`;
}
