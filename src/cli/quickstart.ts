import { Command } from 'commander';

/** What `npm run quickstart` calls once the packages are installed. */
export const quickstartCommand = (): Command =>
  new Command('quickstart')
    .description('Start everything, bring a video through it, and show where it plays.')
    .argument('[file...]', 'video files; without one a sample of 20 s is made')
    .option('--exit', 'end after the last video', false)
    .option('--json', 'one JSON object a file on standard output', false)
    .action(async (files: string[], options: { exit: boolean; json: boolean }) => {
      const { runQuickstart } = await import('./run-quickstart.ts');
      await runQuickstart(files, options);
    });
