/** Every object key of the system is made here. Attempts and runs have folders of their own: nothing is overwritten. */

/** `originals/<video>/original.<ext>`; a hostile filename gives at most a short, harmless extension. */
export function originalKey(videoId: string, filename: string): string {
  const extension = /\.([a-z0-9]{1,8})$/i.exec(filename)?.[1]?.toLowerCase() ?? 'bin';
  return `originals/${videoId}/original.${extension}`;
}

/** One attempt of one task: `fence` keeps a late delivery's objects apart from the current one's. */
export interface AttemptRef {
  videoId: string;
  runId: string;
  /** `<step>[.<part>]` */
  name: string;
  fence: number;
}

/** The folder of what later steps need (index, remux, encoded segments); it expires. */
export const segmentsPrefix = ({ videoId, runId, name, fence }: AttemptRef): string =>
  `segments/${videoId}/${runId}/${name}/${fence}`;

/** The folder of what players fetch: manifests, media, thumbnails of one run. */
export const transcodedPrefix = ({ videoId, runId, name, fence }: AttemptRef): string =>
  `transcoded/${videoId}/${runId}/${name}-${fence}`;
