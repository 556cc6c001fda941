import { Command } from 'commander';
import { ApiProblem, statusAnswer, videoAnswer } from './api-client.ts';
import { exitCodes, UsageError } from './exit-codes.ts';
import { fileResult, resultWords } from './file-result.ts';
import { findApi } from './find-api.ts';
import { createOutput } from './output.ts';
import { progressLine } from './progress-line.ts';

export const statusCommand = (): Command =>
  new Command('status')
    .description('How far a video is.')
    .argument('<id>', 'the id that the upload gave (vid_…)')
    .option('--json', 'one JSON object on standard output: what the API answers', false)
    .addHelpText('after', '\nExample:\n  reelmill status vid_01jd2m6w5k8x9y0z1a2b3c4d5e')
    .action(async (id: string, { json }: { json: boolean }) => {
      const { api, storageRoot } = await findApi();
      const path = `/api/v1/videos/${encodeURIComponent(id)}`;
      try {
        const status = await api.call('GET', `${path}/status`, statusAnswer);
        const video = await api.call('GET', path, videoAnswer);
        const result = fileResult(video.filename, video, storageRoot);
        createOutput(json).result(
          { ...status, error: video.error, warnings: video.warnings },
          `${resultWords(result)}\n  ${progressLine(status)}`,
        );
        if (video.status === 'failed') process.exitCode = exitCodes.videoFailed;
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 404) throw new UsageError(`there is no video ${id}`);
        throw error;
      }
    });
