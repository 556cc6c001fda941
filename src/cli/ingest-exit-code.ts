import { type ExitCode, exitCodes } from './exit-codes.ts';
import { exitCodeOf, type FileResult } from './file-result.ts';

/** Pure: the exit code of `ingest`. Where the API took nothing of all that failed, such as of an unknown preset, no video has failed: it was asked wrongly. */
export function ingestExitCode(results: FileResult[]): ExitCode {
  const code = exitCodeOf(results);
  const failed = results.filter(({ error }) => error !== null);
  const refused = failed.length > 0 && failed.every((result) => result.video_id === null);
  return code === exitCodes.videoFailed && refused ? exitCodes.usage : code;
}
