import { Command } from 'commander';
import { z } from 'zod';
import { askForVideo } from './ask-for-video.ts';
import { createOutput } from './output.ts';

const answer = z.looseObject({ video_id: z.string(), status: z.string() });

export const cancelCommand = (): Command =>
  new Command('cancel')
    .description('End the work on a video, or its upload.')
    .argument('<id>', 'the id that the upload gave (vid_…)')
    .option('--json', 'one JSON object on standard output: what the API answers', false)
    .addHelpText(
      'after',
      '\nWhat is made already is kept: `reelmill retry` goes on with it.\n\nExample:\n  reelmill cancel vid_01jd2m6w5k8x9y0z1a2b3c4d5e',
    )
    .action(async (id: string, { json }: { json: boolean }) => {
      const cancelled = await askForVideo(id, { method: 'POST', path: '/cancel', answer });
      createOutput(json).result(cancelled, `${cancelled.video_id}: ${cancelled.status}`);
    });
