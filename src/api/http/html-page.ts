import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const folder = resolve(import.meta.dirname, '../../../web/pages');

/** What stands between `{{` and `}}`, to the HTML that takes its place. */
type Parts = Readonly<Record<string, string>>;

/** A page of web/pages in the frame that they share, its places filled with HTML. The file is read now, the page is made at each call. */
export function htmlPage(file: string): (title: string, parts?: Parts) => string {
  const main = read(file);
  return (title, parts = {}) => fill(frame, { title: escaped(title), main: fill(main, parts) });
}

/** A text as HTML, with what stands between backticks as code. Pure. */
export const marked = (text: string): string => escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>');

const read = (file: string): string => readFileSync(resolve(folder, file), 'utf8').trimEnd();
const frame = read('frame.html');

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);

/** What is filled in is not looked at again: it can hold a stranger's braces. */
function fill(template: string, parts: Parts): string {
  const byName = new Map(Object.entries(parts));
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => byName.get(name) ?? '');
}
