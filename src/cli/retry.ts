import { Command, Option } from 'commander';
import { z } from 'zod';
import { retrySteps } from '../database/retry-step.ts';
import { askForVideo } from './ask-for-video.ts';
import { createOutput } from './output.ts';

const answer = z.looseObject({ video_id: z.string(), status: z.string(), retry_from: z.string(), job_id: z.string() });

export const retryCommand = (): Command =>
  new Command('retry')
    .description('Work again on a video that has failed or was cancelled.')
    .argument('<id>', 'the id that the upload gave (vid_…)')
    .addOption(
      new Option(
        '--from <step>',
        'make this step anew, and all that is made of it; without: what is not done yet',
      ).choices(retrySteps),
    )
    .option('--json', 'one JSON object on standard output: what the API answers', false)
    .addHelpText(
      'after',
      '\nExamples:\n  reelmill retry vid_01jd2m6w5k8x9y0z1a2b3c4d5e\n  reelmill retry vid_01jd2m6w5k8x9y0z1a2b3c4d5e --from transcode',
    )
    .action(async (id: string, { from, json }: { from?: string; json: boolean }) => {
      const body = from === undefined ? undefined : { from_step: from };
      const retried = await askForVideo(id, { method: 'POST', path: '/retry', answer, body });
      const words = `${retried.video_id}: ${retried.status} from ${retried.retry_from}`;
      createOutput(json).result(retried, `${words}\n  See: reelmill status ${retried.video_id} --watch`);
    });
