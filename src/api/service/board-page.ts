import { readFile } from 'node:fs/promises';

/**
 * Bull Board's page from its template, as an engine of Express: without the font that it asks of another origin (which our policy would refuse,
 * aloud) and without the styles that stand in it. The template holds nothing but values: `<%= escaped %>`, `<%- as it is %>`.
 */
export function boardPage(path: string, values: object, done: (error: unknown, page?: string) => void): void {
  readFile(path, 'utf8').then((template) => done(null, fillBoardPage(template, values)), done);
}

/** Pure. */
export function fillBoardPage(template: string, values: object): string {
  const words = new Map<string, unknown>(Object.entries(values));
  return template
    .replace(/<link\b[^>]*\bhref="https?:[^>]*>/g, '')
    .replace(/<style\b.*?<\/style>/gs, '')
    .replace(/ style="[^"]*"/g, '')
    .replace(/<%([=-])\s*(\w+)\s*%>/g, (_, kind: string, name: string) => {
      const value = String(words.get(name) ?? '');
      return kind === '=' ? value.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`) : value;
    });
}
