import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { escapeName } from '../words/escape-unseen.ts';
import { UsageError } from './exit-codes.ts';
import { type FileResult, fileResult, unfinishedFile } from './file-result.ts';
import type { FoundApi } from './find-api.ts';
import { followVideo } from './follow-video.ts';
import type { LiveLine } from './live-line.ts';
import { createPatience, isSetUpWrongly, mayPass, type Patience, reasonOf } from './patience.ts';
import { isUrl, sendUrl, urlName } from './send-url.ts';
import { uploadFile } from './upload-file.ts';

/** Rejects with UsageError, before anything is uploaded, where one of these is neither a URL nor a file. */
export async function checkFiles(files: string[]): Promise<void> {
  for (const file of files.filter((given) => !isUrl(given))) {
    const found = await stat(file).catch(() => null);
    if (!found) throw new UsageError(`${file}: there is no such file`);
    if (!found.isFile()) throw new UsageError(`${file}: not a file`);
  }
}

export interface IngestOptions {
  /** Until every video is final. */
  wait: boolean;
  /** What is made of them. Default: the API's. */
  preset?: string | undefined;
  line: LiveLine;
  onResult(result: FileResult): void;
  /** How long a service may be away. */
  patience?: Patience;
}

/**
 * Uploads files, and names URLs to the API, one after the other, then (with `wait`) waits for each; `onResult` is called for every file as soon as it is
 * final. A file that is refused, or that a lost service keeps from its end, does not keep the others from theirs. Gives all
 * results, in the order of `files`.
 */
export async function ingestFiles(
  { api, storageRoot }: FoundApi,
  files: string[],
  { wait, preset, line, onResult, patience = createPatience({ onWait: line.print }) }: IngestOptions,
): Promise<FileResult[]> {
  const uploads: { file: string; upload: string | FileResult }[] = [];
  for (const file of files) uploads.push({ file, upload: await sent(file) });

  const results: FileResult[] = [];
  for (const { file, upload } of uploads) {
    const result = typeof upload === 'string' ? await followed(file, upload) : upload;
    onResult(result);
    results.push(result);
  }
  return results;

  /** The video of a file, or the result where it could not be uploaded. */
  async function sent(file: string): Promise<string | FileResult> {
    const name = nameOf(file);
    let videoId: string | null = null;
    try {
      if (isUrl(file)) {
        videoId = await sendUrl(api, file, { patience, preset });
        line.print(`${name}  will be fetched as ${videoId}`);
        return videoId;
      }
      await uploadFile(api, file, (bytes, of) => line.show(`${name}  upload ${percent(bytes, of)} %`), {
        patience,
        preset,
        onCreated: (id) => {
          videoId = id;
        },
      });
      line.print(`${name}  uploaded as ${videoId}`);
      return videoId ?? '';
    } catch (error) {
      const reason = reasonOf(error);
      if (!reason) throw error;
      return unfinishedFile(file, videoId, isLost(error) ? 'awaiting_upload' : 'failed', reason);
    }
  }

  async function followed(file: string, videoId: string): Promise<FileResult> {
    const seen = await followVideo({ api, patience, line, wait }, videoId, nameOf(file));
    return 'video' in seen
      ? fileResult(file, seen.video, storageRoot)
      : unfinishedFile(file, videoId, seen.status, seen.error);
  }
}

/** It is the server's fault: the upload can go on once that is mended. */
const isLost = (error: unknown): boolean => mayPass(error) || isSetUpWrongly(error);
const nameOf = (file: string): string => escapeName(isUrl(file) ? urlName(file) : basename(file));
const percent = (sent: number, of: number): number => (of > 0 ? Math.floor((100 * sent) / of) : 100);
