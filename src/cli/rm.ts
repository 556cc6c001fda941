import { Command } from 'commander';
import { z } from 'zod';
import { askForVideo } from './ask-for-video.ts';
import { createOutput } from './output.ts';

export const rmCommand = (): Command =>
  new Command('rm')
    .description('Remove a video: work on it ends, and so does its playback. Its original stays.')
    .argument('<id>', 'the id that the upload gave (vid_…)')
    .option('--json', 'one JSON object on standard output', false)
    .addHelpText(
      'after',
      '\nA video of another creator takes a key of that creator, whatever else your key may do:\n  reelmill keys create --creator <creator> --name rm --scopes videos:write\nshows one, and REELMILL_API_KEY sets it.\n\nExample:\n  reelmill rm vid_01jd2m6w5k8x9y0z1a2b3c4d5e',
    )
    .action(async (id: string, { json }: { json: boolean }) => {
      await askForVideo(id, { method: 'DELETE', path: '', answer: z.null() });
      createOutput(json).result({ video_id: id, status: 'removed' }, `${id}: removed`);
    });
