/**
 * A path of this server for a redirect, or null: `//host`, `/\host` and control characters would lead a browser to
 * another site (open redirect). Pure.
 */
export function localPath(target: string): string | null {
  // A browser drops tabs and line ends from a URL and reads a backslash as a slash: refuse, never repair.
  if (!target.startsWith('/') || /[\\\p{Cc}]/u.test(target)) return null;
  const here = 'http://local.invalid';
  if (!URL.canParse(target, here)) return null;
  const url = new URL(target, here);
  // A dot segment can leave a leading `//` behind (`/.//host`).
  return url.origin === here && !url.pathname.startsWith('//') ? `${url.pathname}${url.search}${url.hash}` : null;
}
