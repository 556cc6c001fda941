import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { ApiProblem, videoAnswer } from './api-client.ts';
import { UsageError } from './exit-codes.ts';
import { type FileResult, fileResult, refusedFile } from './file-result.ts';
import type { FoundApi } from './find-api.ts';
import { followVideo } from './follow-video.ts';
import type { LiveLine } from './live-line.ts';
import { uploadFile } from './upload-file.ts';

/** Rejects with UsageError, before anything is uploaded, where one of these is no file. */
export async function checkFiles(files: string[]): Promise<void> {
  for (const file of files) {
    const found = await stat(file).catch(() => null);
    if (!found) throw new UsageError(`${file}: there is no such file`);
    if (!found.isFile()) throw new UsageError(`${file}: not a file`);
  }
}

/**
 * Uploads files one after the other, then (with `wait`) waits for each; `onResult` is called for every file as soon as it is
 * final. A file that is refused does not keep the others. Gives all results, in the order of `files`.
 */
export async function ingestFiles(
  { api, storageRoot }: FoundApi,
  files: string[],
  options: { wait: boolean; line: LiveLine; onResult: (result: FileResult) => void },
): Promise<FileResult[]> {
  const { wait, line, onResult } = options;
  const uploads: { file: string; videoId: string | null; refused: FileResult | null }[] = [];
  for (const file of files) {
    const name = basename(file);
    try {
      const videoId = await uploadFile(api, file, (sent, of) => {
        line.show(`${name}  upload ${of > 0 ? Math.floor((100 * sent) / of) : 100} %`);
      });
      line.print(`${name}  uploaded as ${videoId}`);
      uploads.push({ file, videoId, refused: null });
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      uploads.push({ file, videoId: null, refused: refusedFile(file, null, error.error) });
    }
  }

  const results: FileResult[] = [];
  for (const { file, videoId, refused } of uploads) {
    const result = refused ?? fileResult(file, await look(videoId ?? '', basename(file)), storageRoot);
    onResult(result);
    results.push(result);
  }
  return results;

  async function look(videoId: string, name: string) {
    if (wait) return followVideo(api, videoId, name, line);
    return api.call('GET', `/api/v1/videos/${videoId}`, videoAnswer);
  }
}

/** Pure: whether any of these has failed for good. */
export const anyFailed = (results: FileResult[]): boolean =>
  results.some(({ status }) => ['failed', 'removed', 'cancelled', 'expired'].includes(status));
