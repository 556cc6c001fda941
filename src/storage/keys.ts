/** Every object key of the system is made here. Attempts and runs have folders of their own: nothing is overwritten. */

/** Ends of names that say what a file is. Nothing depends on them: they are for people who look into the storage. */
const extensions = [
  ...[
    'mp4',
    'm4v',
    'mov',
    'qt',
    'mkv',
    'webm',
    'avi',
    'ts',
    'm2ts',
    'mts',
    'mpg',
    'mpeg',
    'vob',
    'flv',
    'wmv',
    'asf',
    'ogv',
  ],
  ...['3gp', 'mxf', 'm4a', 'mp3', 'aac', 'wav', 'flac', 'ogg', 'opus', 'aiff'],
];

/** `originals/<video>/original.<ext>`; of the filename nothing goes into a key: it only chooses one of our own extensions, or `bin`. */
export function originalKey(videoId: string, filename: string): string {
  const extension = extensions.find((known) => filename.toLowerCase().endsWith(`.${known}`)) ?? 'bin';
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
