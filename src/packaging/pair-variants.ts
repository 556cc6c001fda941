import { parseAttributes } from './parse-m3u8.ts';

/**
 * The packager lists every picture with every group of sounds. Keeps one variant for each picture, with the group named
 * for its rendition (its playlist's folder), and none where that is null. Without `groups` for a playlist all of its variants stay.
 */
export function pairVariants(master: string, groups: Record<string, string | null>): string {
  const lines = master.split('\n');
  const kept: string[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    const uri = lines[index + 1] ?? '';
    if (line.startsWith('#EXT-X-STREAM-INF:')) {
      if (isWanted(line, uri, groups)) kept.push(line, uri);
      index++;
    } else if (line !== '' || kept.at(-1) !== '') {
      kept.push(line);
    }
  }
  return kept.join('\n');
}

function isWanted(line: string, uri: string, groups: Record<string, string | null>): boolean {
  const group = groups[uri.slice(0, uri.lastIndexOf('/'))];
  return group === undefined || parseAttributes(line.slice(line.indexOf(':') + 1)).AUDIO === group;
}
