import { CatalogueError } from '../errors/catalogue-error.ts';

export interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
}

/**
 * Reads the XML that our own packager writes: elements and attributes; text between them is dropped. Refuses document
 * types and CDATA, which it never writes. Throws PACKAGE_INVALID.
 */
export function parseXml(text: string): Element {
  const root: Element = { name: '', attributes: {}, children: [] };
  const open = [root];
  const tag = /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<(\/?)([\w:.-]+)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>|<|$/g;
  for (const [whole, closing, name, attributes = '', empty] of text.matchAll(tag)) {
    if (whole === '' || whole.startsWith('<!--') || whole.startsWith('<?')) continue;
    if (!name) throw invalid('a tag cannot be read');
    if (closing) {
      if (open.length < 2 || open.pop()?.name !== name) throw invalid(`</${name}> closes nothing`);
      continue;
    }
    const element = { name, attributes: readAttributes(attributes), children: [] };
    open.at(-1)?.children.push(element);
    if (!empty) open.push(element);
  }
  const [first] = root.children;
  if (open.length > 1 || !first) throw invalid('it is not closed');
  return first;
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function readAttributes(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([\w:.-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [
    name,
    value.replace(/&(\w+);/g, (whole, entity: string) => entities[entity] ?? whole),
  ]);
  return Object.fromEntries(pairs);
}

const invalid = (what: string): CatalogueError => new CatalogueError('PACKAGE_INVALID', `MPD: ${what}`);
