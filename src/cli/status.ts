import { Command } from 'commander';
import { escapeUnseen } from '../words/escape-unseen.ts';
import { ApiProblem, type StatusAnswer, statusAnswer, videoAnswer } from './api-client.ts';
import { exitCodes, UsageError } from './exit-codes.ts';
import { exitCodeOf, fileResult, isFinal, resultWords } from './file-result.ts';
import { type FoundApi, findApi } from './find-api.ts';
import { lacksWorkers } from './lacks-workers.ts';
import { createOutput, type Output } from './output.ts';
import { createPatience } from './patience.ts';
import { progressLine } from './progress-line.ts';
import { showStatus } from './show-status.ts';
import { listAnswer, videoTable } from './status-list.ts';
import { watchStatus } from './watch-status.ts';

interface Options {
  watch: boolean;
  json: boolean;
}

/** How many videos a list without more words shows. */
const listed = 20;

export const statusCommand = (): Command =>
  new Command('status')
    .description('How far a video is; without an id, the latest videos.')
    .argument('[id]', 'the id that the upload gave (vid_…)')
    .option('--watch', 'show how far it is until it is ready or has failed', false)
    .option('--json', 'JSON objects on standard output, one a line: what the API answers', false)
    .addHelpText(
      'after',
      [
        '\nExamples:',
        'reelmill status',
        'reelmill status vid_01jd2m6w5k8x9y0z1a2b3c4d5e',
        'reelmill status vid_01jd2m6w5k8x9y0z1a2b3c4d5e --watch',
      ].join('\n  '),
    )
    .action(async (id: string | undefined, { watch, json }: Options) => {
      if (watch && id === undefined) throw new UsageError('--watch: name the video, `reelmill status <id> --watch`');
      const found = await findApi();
      const output = createOutput(json);
      if (id === undefined) return list(found, output);
      try {
        await (watch ? watchOne : lookAtOne)(found, output, id);
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 404) throw new UsageError(`there is no video ${id}`);
        throw error;
      }
    });

async function list({ api }: FoundApi, output: Output): Promise<void> {
  const { videos } = await api.call('GET', `/api/v1/videos?limit=${listed}`, listAnswer);
  if (output.json) for (const video of videos) output.result(video, '');
  else output.say(videos.length > 0 ? videoTable(videos) : 'No videos yet. Upload one: reelmill ingest <file>');
}

async function lookAtOne({ api, storageRoot }: FoundApi, output: Output, id: string): Promise<void> {
  const path = pathOf(id);
  const status = await api.call('GET', `${path}/status`, statusAnswer);
  const video = await api.call('GET', path, videoAnswer);
  const result = fileResult(video.filename, video, storageRoot);
  const words = [resultWords(result), `  ${progressLine(status)}`];
  if (isWaitingForWork(video.status) && (await lacksWorkers(api))) words.push('  waits: no worker is running');
  output.result({ ...status, error: video.error, warnings: video.warnings }, words.join('\n'));
  if (video.status === 'failed') process.exitCode = exitCodes.videoFailed;
}

/** Shows each change until the video is final, then what became of it, as a look at it would. */
async function watchOne({ api, storageRoot }: FoundApi, output: Output, id: string): Promise<void> {
  const path = pathOf(id);
  const early = (words: string): void => {
    process.stderr.write(`${escapeUnseen(words)}\n`);
  };
  let note = early;
  const patience = createPatience({ onWait: (words) => note(words) });
  const readVideo = () => patience.insist(() => api.call('GET', path, videoAnswer));
  const show = showStatus(output, (await readVideo()).filename);
  note = show.note;
  try {
    let last: StatusAnswer | undefined;
    for await (const status of watchStatus({ api, patience }, id)) {
      last = status;
      show.status(status);
    }
    const video = await readVideo();
    const result = fileResult(video.filename, video, storageRoot);
    output.result({ ...last, error: video.error, warnings: video.warnings }, resultWords(result));
    process.exitCode = exitCodeOf([result]);
  } finally {
    show.end();
  }
}

const isWaitingForWork = (status: string): boolean => !isFinal(status) && status !== 'awaiting_upload';

const pathOf = (id: string): string => `/api/v1/videos/${encodeURIComponent(id)}`;
