import { dirname, join } from 'node:path';
import type { UserError } from '../errors/catalogue-error.ts';
import { escapeName } from '../words/escape-unseen.ts';
import type { VideoAnswer } from './api-client.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** What `ingest` and `quickstart` print for a file. */
export interface FileResult {
  file: string;
  video_id: string | null;
  status: string;
  error: UserError | null;
  warnings: { code: string; detail: string }[];
  /** seconds */
  duration: number | null;
  /** URLs */
  hls: string | null;
  dash: string | null;
  poster: string | null;
  /** Path of the folder that holds the manifests and the media; null where the storage is not on this machine. */
  folder: string | null;
}

/** Pure: the result of a video. `storageRoot` is null where the storage is not a folder here. */
export const fileResult = (file: string, video: VideoAnswer, storageRoot: string | null): FileResult => ({
  file,
  video_id: video.video_id,
  status: video.status,
  error: video.error,
  warnings: video.warnings,
  duration: video.duration_seconds,
  hls: video.hls_url,
  dash: video.dash_url,
  poster: video.poster_url,
  folder: outputFolder(video.hls_url ?? video.dash_url, storageRoot),
});

/** Pure: the result of a file that the API did not take, or that it stopped telling of; with its last known status. */
export const unfinishedFile = (
  file: string,
  videoId: string | null,
  status: string,
  error: FileResult['error'],
): FileResult => ({
  ...{ file, video_id: videoId, status, error, warnings: [], duration: null },
  ...{ hls: null, dash: null, poster: null, folder: null },
});

const endedBadly = ['failed', 'removed', 'cancelled', 'expired'];

/** Pure: whether a video of this status stays as it is. */
export const isFinal = (status: string): boolean => status === 'ready' || endedBadly.includes(status);

/** Pure: the exit code of a command with these results. That a service is lost says more than that a video has failed. */
export function exitCodeOf(results: FileResult[]): ExitCode {
  const ofServices = (code = '') => code === 'SERVICE_UNAVAILABLE' || code === 'CONFIG_INVALID';
  const lost = ({ status, error }: FileResult) => ofServices(error?.code) && !endedBadly.includes(status);
  if (results.some(lost)) return exitCodes.serviceMissing;
  const failed = results.some(({ status, error }) => error !== null || endedBadly.includes(status));
  return failed ? exitCodes.videoFailed : exitCodes.ready;
}

function outputFolder(url: string | null, storageRoot: string | null): string | null {
  // A signed URL has its token before the key of the object.
  const key = url && /\/media\/(?:~[^/]*\/)?(.+)$/.exec(new URL(url).pathname)?.[1];
  return key && storageRoot ? dirname(join(storageRoot, decodeURIComponent(key))) : null;
}

/** Pure: a line that says how to see more of a video that nobody waits for; nothing where there is no more. */
export const nextStep = ({ video_id, status }: FileResult): string =>
  video_id === null || isFinal(status) ? '' : `\n  See: reelmill status ${video_id} --watch`;

/** Pure: the result in words. Of a removed video no advice: whoever removed it wants none. */
export function resultWords(result: FileResult): string {
  const file = escapeName(result.file); // it may hold line ends, and look like two results
  const line = (name: string, value: string) => `  ${name.padEnd(7)} ${escapeName(value)}`;
  const warnings = result.warnings.map(({ code, detail }) => line('Warning', `${code}: ${detail}`));
  if (result.error && result.status === 'removed') {
    const { code, detail } = result.error;
    return [`${file}: removed`, line('Before', `it had failed, ${code}: ${detail}`)].join('\n');
  }
  if (result.error) {
    const { code, detail, hint, operator_hint } = result.error;
    const reason = [line('Code', code), line('Detail', detail), line('Fix', hint)];
    const operator = operator_hint ? [line('Server', operator_hint)] : [];
    return [`${file}: ${result.status}`, ...reason, ...operator, ...warnings].join('\n');
  }
  const { hls, dash, poster, folder } = result;
  const outputs = Object.entries({ HLS: hls, DASH: dash, Poster: poster, Folder: folder }).flatMap(([name, value]) =>
    value ? [line(name, value)] : [],
  );
  const seconds = result.duration === null ? '' : ` (${result.duration.toFixed(1)} s)`;
  return [`${file}: ${result.status}${seconds}`, ...outputs, ...warnings].join('\n');
}
