/** `5.1.9-0+deb12u1` or `N-47683-g0e8eb07980-static (2018)` from what `ffmpeg -version` prints; null where it is something else. */
export function parseVersion(output: string): string | null {
  const version = /^ff(?:mpeg|probe) version (\S+)/.exec(output)?.[1];
  if (!version) return null;
  const year = /Copyright \(c\) (?:\d{4}-)?(\d{4})/.exec(output)?.[1];
  return version.startsWith('N-') && year ? `${version} (${year})` : version; // a build from git says nothing by its number
}
